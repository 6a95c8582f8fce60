# Needs Go, git and make; `make race` also needs a C compiler.

SHELL := bash
.SHELLFLAGS := -o pipefail -c

GO ?= go
FUZZTIME ?= 30s
BENCHFLAGS ?=
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

# The version comes from the stamp that Go puts into a build; this is for builds without one (-buildvcs=false).
COMMIT := $(shell git rev-parse --short HEAD 2>/dev/null)
# Without tables for debuggers it builds faster and is a third smaller; a panic still tells files and lines.
LDFLAGS = -ldflags '-s -w -X main.commit=$(COMMIT)'
BUILDFLAGS = -trimpath -gcflags=all=-dwarf=false $(LDFLAGS)
BUILD = CGO_ENABLED=0 $(GO) build $(BUILDFLAGS)
BINARY := ph2cio$(shell $(GO) env GOEXE)

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Built without optimizing, which takes a third less time on a machine that has built nothing yet.
.PHONY: demo
demo: ## see it work: a sample export into a local sandbox, offline
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && \
		CGO_ENABLED=0 $(GO) build -trimpath -gcflags='all=-N -l -dwarf=false' $(LDFLAGS) -o "$$dir/$(BINARY)" ./cmd/ph2cio && \
		"$$dir/$(BINARY)" backfill --sandbox --yes testdata/exports/acornly_events.jsonl

.PHONY: build
build: ## build ./ph2cio
	$(BUILD) -o $(BINARY) ./cmd/ph2cio

.PHONY: install
install: ## install ph2cio where `go install` puts programs
	CGO_ENABLED=0 $(GO) install $(BUILDFLAGS) ./cmd/ph2cio

.PHONY: test
test: ## run the tests
	$(GO) test ./...

.PHONY: race
race: ## run the tests with the race detector
	CGO_ENABLED=1 $(GO) test -race -timeout 25m ./...

.PHONY: golden
golden: ## write the expected outputs anew, then look at the difference
	@for package in $$(grep -rl --include='*_test.go' 'flag.Bool("update"' cmd internal | xargs -n 1 dirname | sort -u); do \
		$(GO) test ./$$package -update || exit 1; \
	done
	git diff --stat -- testdata cmd internal

.PHONY: fuzz
fuzz: ## fuzz each target for FUZZTIME (30s)
	@grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' cmd internal | sort | while IFS=: read -r file target; do \
		echo "$${target#func } ($$(dirname $$file))"; \
		$(GO) test -run '^$$' -fuzz "^$${target#func }\$$" -fuzztime $(FUZZTIME) ./$$(dirname $$file) </dev/null || exit 1; \
	done

.PHONY: bench
bench: ## measure speed and memory of the whole program against its targets (BENCHFLAGS=-quick leaves out the long parts)
	$(GO) run ./internal/bench $(BENCHFLAGS)

.PHONY: soak
soak: ## run for hours: long fuzzing, many histories, many kills and stops, faults, a crowd that does not fit into memory (needs 40 GB of disk)
	$(GO) run ./internal/bench -only crowd
	PH2CIO_HISTORIES=200000 $(GO) test -count=1 -timeout 6h -run TestPeopleAreThoseOfTheRules ./internal/people
	PH2CIO_KILLS=200 $(GO) test -count=1 -timeout 6h -run 'TestKilled(Backfill|Retry|Nights)' ./cmd/ph2cio
	PH2CIO_KILLS=200 $(GO) test -count=1 -timeout 6h -run TestAStoppedRunGoesOn ./internal/export -rapid.checks=2000
	PH2CIO_STOPS=20 PH2CIO_STOP_PEOPLE=1500000 $(GO) test -count=1 -timeout 6h -v -run TestStoppedAtAnyMoment ./cmd/ph2cio
	PH2CIO_SOAK=1h $(GO) test -count=1 -timeout 6h -run TestSoak ./cmd/ph2cio
	$(MAKE) fuzz FUZZTIME=10m

.PHONY: lint
lint: ## format, vet, staticcheck, modern Go
	@files=$$(gofmt -l cmd internal) && test -z "$$files" || { echo "not formatted, run gofmt -w:" $$files >&2; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) fix -diff ./...

.PHONY: check
check: lint ## lint, a tidy go.mod, builds and vets for every platform
	$(GO) mod tidy -diff
	@for platform in $(PLATFORMS); do \
		echo "$$platform"; \
		export CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform#*/}; \
		$(GO) build -trimpath ./... && $(GO) vet ./... || exit 1; \
	done

.PHONY: clean
clean: ## remove what build made
	rm -f ph2cio ph2cio.exe
	rm -rf dist
