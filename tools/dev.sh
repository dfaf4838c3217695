#!/usr/bin/env bash
# Builds the board, runs it with the given arguments, and does both again whenever a source file changes.
# While the code does not compile, the last version that did keeps running.
set -u
cd "$(dirname "$0")/.."
binary=dist/jobboard-dev
server=
stamp=$(mktemp)

stop() {
	[ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server"; }
	server=
}
trap 'stop; rm -f "$stamp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

changed() {
	find . \( -name '.?*' -o -name node_modules -o -name '*_data' -o -path ./dist -o -path ./docs -o -path ./e2e \) -prune \
		-o -type f -newer "$stamp" -print -quit
}

while :; do
	touch "$stamp"
	if go build -o "$binary" .; then
		stop
		"$binary" "$@" &
		server=$!
	fi
	until [ -n "$(changed)" ]; do sleep 1; done
done
