# The commands of this project. CI runs `make test` and nothing else, through .ci/run.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X github.com/pocketbase/pocketbase.Version=$(VERSION)
# The linker leaves debug information out, so the compiler need not make any, which would be a fifth of its time.
LEAN := -gcflags=all=-dwarf=false
TOOL := go tool -modfile=tools/go.mod
BINARY := dist/jobboard

# one static binary; the same setting everywhere lets the steps share what they compile
export CGO_ENABLED := 0

.PHONY: help run dev build assets try-assets fmt needs test test-fast check format-check lint frozen race e2e pictures bench bench-import bench-search cluster-demo test-cluster release docker clean

help: ## lists these commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: try-assets ## starts a board for trying out
	@echo 'Building the board. The first time, SQLite and PocketBase are compiled too, which takes some minutes:'
	go run $(LEAN) -v . demo

dev: try-assets ## serves the demo board, and rebuilds and restarts it when a source file changes (ARGS for another command)
	tools/dev.sh $(ARGS)

ARGS ?= demo

build: try-assets ## builds the one static binary, dist/jobboard
	go build $(LEAN) -ldflags '$(LDFLAGS)' -o $(BINARY) .

assets: pb_public/lib/pocketbase.es.mjs ## fetches the two libraries of the client at /app/ from npm

# What npm installs is what client/package-lock.json has the checksums of. The types are for tsc and editors, and not served.
pb_public/lib/pocketbase.es.mjs: client/package-lock.json client/package.json
	cd client && npm ci --no-audit --no-fund
	rm -rf pb_public/lib client/types/lib
	for kind in js d.ts; do \
		to=$$([ $$kind = js ] && echo pb_public/lib || echo client/types/lib); mkdir -p $$to/directives; \
		cp client/node_modules/lit-html/{lit-html,directive,directive-helpers}.$$kind $$to/; \
		cp client/node_modules/lit-html/directives/repeat.$$kind $$to/directives/; \
	done
	cp client/node_modules/lit-html/LICENSE pb_public/lib/lit-html.LICENSE
	cp client/node_modules/pocketbase/dist/pocketbase.es.d.mts client/types/lib/
	cp client/node_modules/pocketbase/LICENSE.md pb_public/lib/pocketbase.LICENSE
	cp client/node_modules/pocketbase/dist/pocketbase.es.mjs pb_public/lib/

# The board does without the client: /app/ then says how to get it.
try-assets:
	@$(MAKE) --no-print-directory assets || echo 'The client at /app/ could not be built, which takes npm; the board goes on without it.'

fmt: ## formats the Go code
	gofmt -w $$(git ls-files --cached --others --exclude-standard '*.go')

test: needs build check e2e ## everything that CI runs: check, then the tests in e2e/

needs:
	@missing=; \
	for one in gcc:gcc node:nodejs npm:npm; do command -v $${one%:*} >/dev/null || missing+=" $${one#*:}"; done; \
	[ -n "$${JOBBOARD_CHROMIUM:-}" ] || command -v chromium-headless-shell chromium chromium-browser google-chrome >/dev/null || missing+=' chromium'; \
	if [ -n "$$missing" ]; then echo "make test needs packages that are not installed:$$missing"; exit 1; fi

# One migrated board that the tests of all packages clone. The name is the same in each run, or Go would cache no result.
TEMPLATES := $(or $(TMPDIR),/tmp)/jobboard-templates$(subst /,-,$(CURDIR))
WITH_TEMPLATES = rm -rf '$(TEMPLATES)'; trap "rm -rf '$(TEMPLATES)'" EXIT; JOBBOARD_TEST_TEMPLATES='$(TEMPLATES)'

# lint does what vet would.
GO_TEST := go test -vet=off -ldflags='-s -w'

test-fast: ## the Go tests without the race detector and without those that take long
	$(WITH_TEMPLATES) $(GO_TEST) $(LEAN) -short ./...

check: format-check lint frozen race ## format, lint and the Go tests with the race detector

format-check:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "run make fmt for:"; echo "$$unformatted"; exit 1; fi

# The search benchmark types "experiance" on purpose.
# Everything is pinned in tools/go.mod, so that the board's own go.mod lists only what the board is made of.
lint: ## staticcheck, vet, error handling, doc comments, line lengths, spelling, and whether pages name files that exist
	go build -C tools -o '$(CURDIR)/dist/lint' ./lint
	CGO_ENABLED=1 GOFLAGS="$(RACE)" dist/lint ./...
	go build -C tools -o '$(CURDIR)/dist/comments' ./comments
	git ls-files -z '*.go' | xargs -0 dist/comments
	git ls-files -z '*.go' '*.md' '*.html' '*.js' '*.css' Makefile | xargs -0 $(TOOL) misspell -error -i experiance
	tools/check-docs.sh

# A test compares the migrations with their checksums; this compares the
# checksums with those already merged, where there is a main to compare with.
frozen:
	@if base=$$(git merge-base origin/main HEAD 2>/dev/null); then \
		gone=$$(git diff "$$base" -- migrations/CHECKSUMS | grep -E '^-[0-9a-f]' || true); \
		if [ -n "$$gone" ]; then echo "merged migrations were changed; write new steps instead:"; echo "$$gone"; exit 1; fi; \
	fi

# SQLite is C translated to Go, with memory of its own that the detector does not know: watching it, and the hashing of
# passwords, finds no race of ours and would take most of the time. Nor does anybody debug these binaries: compiling what we change is
# quicker without inlining. lint reads what is compiled for the tests.
RACE := -race $(LEAN) '-gcflags=jobboard/...=-l -dwarf=false' \
	$(foreach path,modernc.org golang.org/x/crypto,'-gcflags=$(path)/...=-race=false -dwarf=false')

# The tests have memory to spare, so the garbage collector may run less often.
race: build
	$(WITH_TEMPLATES) JOBBOARD_BIN='$(CURDIR)/$(BINARY)' GOGC=400 CGO_ENABLED=1 $(GO_TEST) $(RACE) ./...

e2e: build ## the end-to-end tests, through the PocketBase JS SDK against the real binary
	cd e2e && npm ci --no-audit --no-fund && JOBBOARD_BIN=$(CURDIR)/$(BINARY) npm test

pictures: build ## takes the pictures of the demo board that README.md shows, into docs/pictures
	cd e2e && npm ci --no-audit --no-fund && JOBBOARD_BIN=$(CURDIR)/$(BINARY) node pictures.js

SIZE ?= 200000
OUT ?=
bench: build ## measures what requests cost on a board of SIZE jobs, beside the same in SQL (OUT=docs/benchmarks/requests.md keeps the table)
	go run ./internal/bench -binary $(BINARY) -size $(SIZE) -out '$(OUT)'

bench-import: build ## measures imports of SIZE jobs, beside the same rows by SQL and a serving board (OUT=docs/benchmarks/import.md keeps it)
	go run ./internal/transfer/bench -binary $(BINARY) -size $(SIZE) -out '$(OUT)'

POSTINGS ?= ../shared/data/jobs-real.jsonl
SIZES ?= 100000 1000000
SEED ?= 1
bench-search: build ## measures the search on boards of SIZES jobs, recombined from POSTINGS with SEED (a million takes 6 GB and 15 minutes)
	go test ./internal/search/quality -count=1 -v -run Judged
	go run ./internal/search/bench -binary $(BINARY) -postings $(POSTINGS) -sizes "$(SIZES)" -seed $(SEED)

# The S3 server of tests and demos; compiling it takes some minutes the first time.
dist/versitygw: tools/go.mod
	go build -modfile=tools/go.mod -o $@ github.com/versity/versitygw/cmd/versitygw

PORT ?= 8090
cluster-demo: build dist/versitygw ## runs three nodes of the demo board with an S3 server on this machine, from PORT on
	PORT=$(PORT) tools/cluster-demo.sh

KILLS ?= 20
ZOMBIES ?= 10
GIGABYTES ?= 1.1
test-cluster: build dist/versitygw ## takes a cluster through KILLS and ZOMBIES of the leader, with faults, and a database of GIGABYTES
	JOBBOARD_BIN='$(CURDIR)/$(BINARY)' JOBBOARD_TEST_VERSITYGW='$(CURDIR)/dist/versitygw' $(GO_TEST) ./internal/cluster/clustertest \
		-count=1 -v -timeout 3h -run TestLong -kills $(KILLS) -zombies $(ZOMBIES) -gigabytes $(GIGABYTES)

# Cross-compiling for six platforms takes about half an hour on a machine that has not done it before. TARGETS chooses fewer.
TARGETS ?= linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
release: assets ## builds the archives of a release for TARGETS, with checksums and SBOMs, into dist/release
	go build -C tools -o '$(CURDIR)/dist/make-release' ./release
	dist/make-release -version '$(VERSION)' -ldflags '$(LDFLAGS)' -targets '$(TARGETS)'

docker: try-assets ## builds the container image jobboard (PLATFORM=linux/arm64 for another processor)
	docker build $(addprefix --platform ,$(PLATFORM)) --build-arg VERSION=$(VERSION) -t jobboard .

# not the folder: a binary that was run where it is built keeps its board's data beside it
clean: ## removes what was built
	rm -f $(BINARY) $(BINARY)-dev dist/lint dist/comments dist/make-release dist/versitygw
	rm -rf dist/release dist/cluster-demo e2e/node_modules client/node_modules client/types pb_public/lib
