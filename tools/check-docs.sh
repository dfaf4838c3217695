#!/usr/bin/env bash
# Fails when a page names a file or folder of the project that does not exist, so that moving code reminds of the pages about it.
set -euo pipefail
cd "$(dirname "$0")/.."
status=0
for page in README.md CONTRIBUTING.md SECURITY.md docs/architecture.md docs/deploy.md docs/operate.md docs/search.md docs/threat-model.md \
	docs/frontend.md; do
	while read -r path; do
		[ -e "$path" ] || { echo "$page names $path, which does not exist"; status=1; }
	done < <(grep -oE '`(collections|docs|e2e|hooks|internal|migrations|pb_public|tools)(/[A-Za-z0-9_./-]+)?`' "$page" | tr -d '`' | sort -u)
done
exit "$status"
