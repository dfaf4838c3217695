#!/usr/bin/env bash
# Runs three nodes of the demo board and an S3 server on this machine, until Ctrl-C. Needs dist/jobboard and dist/versitygw.
set -euo pipefail
cd "$(dirname "$0")/.."
port=${PORT:-8090}
dir=$PWD/dist/cluster-demo
rm -rf "$dir"
mkdir -p "$dir/s3/board" "$dir/meta"

pids=()
stop() {
	trap - EXIT INT TERM
	# the leader last, so that nobody takes over while all end
	for ((i = ${#pids[@]} - 1; i >= 0; i--)); do kill "${pids[i]}" 2>/dev/null || true; wait "${pids[i]}" 2>/dev/null || true; done
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# up URL LOG: waits until an address answers
up() {
	for ((i = 0; i < 1200; i++)); do
		if curl -s -o /dev/null --max-time 2 "$1"; then return; fi
		for pid in "${pids[@]}"; do kill -0 "$pid" 2>/dev/null || { tail -n 20 "$2"; echo "$1 has ended, see $2"; exit 1; }; done
		sleep 0.1
	done
	echo "$1 does not answer, see $2"
	exit 1
}

export JOBBOARD_BUCKET_NAME=board JOBBOARD_BUCKET_ENDPOINT=http://127.0.0.1:$((port + 10))
export JOBBOARD_BUCKET_ACCESS_KEY=demo JOBBOARD_BUCKET_SECRET_KEY=demo-secret

# setsid: Ctrl-C is for this script, which ends the processes in their order
setsid dist/versitygw --access "$JOBBOARD_BUCKET_ACCESS_KEY" --secret "$JOBBOARD_BUCKET_SECRET_KEY" --port "127.0.0.1:$((port + 10))" \
	--keep-alive --quiet posix --sidecar "$dir/meta" "$dir/s3" >"$dir/s3.log" 2>&1 &
pids+=($!)
up "$JOBBOARD_BUCKET_ENDPOINT" "$dir/s3.log"

for n in 1 2 3; do
	url=http://127.0.0.1:$((port + n))
	command=serve
	[ "$n" != 1 ] || command=demo
	JOBBOARD_NODE_URL=$url setsid dist/jobboard "$command" --dir "$dir/node$n" --http "127.0.0.1:$((port + n))" >"$dir/node$n.log" 2>&1 &
	pids+=($!)
	up "$url/api/health" "$dir/node$n.log"
	[ "$n" != 1 ] || sed -n '/@/p' "$dir/node1.log"
	echo "Node $n serves at $url (process $!, log $dir/node$n.log)."
done
echo
echo "Write through any node and read from any other. End one (kill -9 PID) and see another take over:"
echo "  ${ENVIRONMENT:-}dist/jobboard cluster status --dir $dir/node2"
echo "The bucket is $dir/s3/board. Ctrl-C ends all."
while sleep 1; do
	alive=0
	for pid in "${pids[@]:1}"; do ! kill -0 "$pid" 2>/dev/null || alive=1; done
	[ "$alive" = 1 ] || { echo "All nodes have ended."; exit 1; }
done
