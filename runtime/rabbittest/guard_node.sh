# Kills the processes whose PIDs are in the files *.pid of directory $1, and
# removes the directory.
for file in "$1"/*.pid; do
	[ ! -e "$file" ] || kill -9 "$(cat "$file")"
done
# A process that was just killed may still finish writing a file.
for _ in 1 2 3 4 5 6 7 8 9 10; do
	rm -rf -- "$1" && exit 0
	sleep 0.1
done
exit 1
