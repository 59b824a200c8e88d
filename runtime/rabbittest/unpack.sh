# Unpacks rabbitmq-server and all that it needs to run from Debian's release $2
# into $1/root, where chroot finds it. The packages come from the mirror that the
# system's own sources name, and are checked with Debian's keys. Nothing of the
# system's package manager is changed: its state is in $1/apt meanwhile.
set -e
root=$1/root apt=$1/apt
mkdir -p "$root" "$apt/lists/partial" "$apt/archives/partial" "$apt/none"
: >"$apt/status"

. /etc/os-release
targets='$(RELEASE) $(COMPONENT) $(REPO_URI)'
apt-get indextargets --no-release-info --format "$targets" 'Created-By: Packages' |
	sed -nE "s/^($VERSION_CODENAME|oldoldstable|oldstable|stable|testing) main //p" | sort -u |
	while read -r mirror; do
		echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $2 main"
	done >"$apt/sources.list"
if [ ! -s "$apt/sources.list" ]; then
	echo "apt has no Debian mirror among its sources" >&2
	exit 1
fi

# The hooks may empty the system's own cache.
cat >"$apt/apt.conf" <<END
Dir::State "$apt";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
Dir::Cache::archives "$apt/archives";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "$apt/none";
Dir::Etc::preferences "$apt/none/preferences";
Dir::Etc::preferencesparts "$apt/none";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
END
# One source that does not answer need not spoil the others.
apt-get -qq -c "$apt/apt.conf" update || :
if ! apt-cache -c "$apt/apt.conf" show rabbitmq-server >"$apt/found"; then
	echo "no mirror among apt's sources answers, or none has Debian $2" >&2
	exit 1
fi
apt-get -qq -y -c "$apt/apt.conf" install --download-only rabbitmq-server \
	base-files base-passwd bash coreutils dash findutils grep hostname libc-bin mawk sed util-linux
for archive in "$apt"/archives/*.deb; do
	dpkg -x "$archive" "$root"
done
rm -r "$apt"

# What the packages' own scripts would do, as far as a broker needs it.
ln -s mawk "$root/usr/bin/awk"
for file in passwd group; do
	cp "$root/usr/share/base-passwd/$file.master" "$root/etc/$file"
done
echo "127.0.0.1 localhost" >"$root/etc/hosts"
echo "hosts: files" >"$root/etc/nsswitch.conf"
echo localhost >"$root/etc/hostname"
echo "root / root rw 0 0" >"$root/etc/mtab" # df reads it where there is no /proc
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/zero" c 1 5
mknod -m 666 "$root/dev/random" c 1 8
mknod -m 666 "$root/dev/urandom" c 1 9
mknod -m 666 "$root/dev/tty" c 5 0

# Shows that the shell, its tools, Erlang and the devices serve.
chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin HOME=/tmp LANG=C.UTF-8 \
	/usr/lib/rabbitmq/bin/rabbitmqctl version
