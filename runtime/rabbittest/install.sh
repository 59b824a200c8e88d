# Installs the distribution's rabbitmq-server without starting its daemon:
# policy-rc.d is where Debian asks whether a service may start.
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	trap 'rm -f "$policy"' EXIT
	trap 'exit 1' HUP INT TERM
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
fi
# One source that does not answer need not spoil the others.
apt-get -q update || :
apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends rabbitmq-server
