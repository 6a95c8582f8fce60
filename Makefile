# Needs Go, git and make; `make race` also needs a C compiler.
# Keep it to what make 3.81 (macOS), a POSIX shell and BSD awk understand.

GO ?= go
FUZZTIME ?= 30s
BENCHFLAGS ?=
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

# All targets build with these flags, so that each package is compiled once. Without tables for debuggers that takes less
# time, and the program is a third smaller; a panic still tells files and lines.
export CGO_ENABLED := 0
export GOFLAGS := $(strip $(shell $(GO) env GOFLAGS 2>/dev/null) -trimpath -gcflags=all=-dwarf=false)

# The version comes from the stamp that Go puts into a build; this is for builds without it (-buildvcs=false).
COMMIT = $(shell git rev-parse --short HEAD 2>/dev/null)
BUILDFLAGS = -ldflags '-s -w -X main.commit=$(COMMIT)'
BINARY = ph2cio$(shell $(GO) env GOEXE)
BUILD = $(GO) build $(BUILDFLAGS) -o $(BINARY) ./cmd/ph2cio
BUILDTIME = 1 to 3 minutes the first time, seconds after that

.DEFAULT_GOAL := help

.PHONY: help
help: ## show this list
	@echo "make TARGET, where TARGET is one of:"
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' Makefile

# Go itself fetches a newer Go where it may; otherwise its message does not name the remedy.
.PHONY: needs-go
needs-go:
	@needed="ph2cio needs Go $$(awk '/^go / { print $$2 }' go.mod) or newer (https://go.dev/dl)"; \
	command -v $(GO) >/dev/null || { echo "$$needed, and there is no '$(GO)' on the PATH" >&2; exit 1; }; \
	why=$$($(GO) list -m 2>&1) || { echo "$$needed, and $(GO) says: $$why" >&2; exit 1; }

# The summary alone, without the progress on stderr, unless it fails.
.PHONY: demo
demo: needs-go ## see it work: send a sample export to a stand-in for Customer.io
	@echo "This demo sends a small PostHog export (testdata/exports/acornly_events.jsonl)"
	@echo "to a sandbox: a stand-in for Customer.io that runs on this machine. It needs no"
	@echo "account, and no data leaves this machine."
	@echo
	@echo "Building ./$(BINARY): $(BUILDTIME)."
	@$(BUILD)
	@echo
	@{ said=$$(./$(BINARY) backfill --sandbox --yes --env-file /dev/null testdata/exports/acornly_events.jsonl 2>&1 >&3) || \
		{ code=$$?; echo "$$said" >&2; exit $$code; }; } 3>&1
	@echo
	@echo "Next, try your own PostHog export. Type its file or folder in place of export/."
	@echo "See what is in it and what would be sent. This needs no credentials:"
	@echo "  ./$(BINARY) inspect export/"
	@echo "  ./$(BINARY) preview export/"
	@echo "To send it, copy .env.example to .env and fill in your Customer.io credentials."
	@echo "Then test them, and send; backfill asks before it sends:"
	@echo "  ./$(BINARY) check export/"
	@echo "  ./$(BINARY) backfill export/"

.PHONY: build
build: needs-go ## build ./ph2cio, one static binary
	@echo "Building ./$(BINARY): $(BUILDTIME)."
	@$(BUILD)

.PHONY: install
install: needs-go ## install ph2cio into Go's directory for programs, usually ~/go/bin
	@echo "Installing ph2cio: $(BUILDTIME)."
	@$(GO) install $(BUILDFLAGS) ./cmd/ph2cio
	@echo "Installed $$($(GO) list -f '{{.Target}}' ./cmd/ph2cio). Have its directory on your PATH."

# go test prints packages in this order. The slowest, cmd, comes last so that it holds back no others. All is built
# before, since a test of ours asks go list for the compiled packages, which would compile them a second time meanwhile.
.PHONY: test
test: needs-go ## run the tests: 5 to 10 minutes on two cores
	@echo "Running all tests (two cores: 5 to 10 minutes the first time, then 3 to 6)."
	@$(GO) build ./...
	@$(GO) test ./internal/... ./cmd/...
	@echo "All tests passed."
	@test -x .bin/versitygw || command -v versitygw >/dev/null || \
		echo "Those that need a real S3 server were skipped: make test-s3 installs one and runs them."
	@command -v tmux >/dev/null || echo "Screens were not compared: that needs tmux."
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
		echo "Those that open HTML pages were skipped: install Chromium, and run make test-browser."

# The server is in a directory of its own, where all tests look for it. Tests that need it have these names.
.PHONY: test-s3
test-s3: needs-go ## install a real S3 server for tests, and run those that need it
	@echo "Installing versitygw into .bin: 1 to 2 minutes the first time."
	@GOBIN="$(CURDIR)/.bin" $(GO) install github.com/versity/versitygw/cmd/versitygw@v1.8.0
	@$(GO) test -run 'Real|Bucket|TestScripts/s3' $$(grep -rl --include='*_test.go' '"ph2cio/internal/testkit/s3server"' cmd internal | xargs -n 1 dirname | sort -u | sed 's|^|./|')
	@echo "All tests with a real S3 server passed."

# azurite is a program for node, so that it is not installed here. Tests that need it have these names.
.PHONY: test-az
test-az: needs-go ## run the tests that need azurite, an emulator of Azure
	@test -n "$$PH2CIO_AZURITE" || command -v azurite-blob >/dev/null || \
		{ echo "azurite is missing: npm install --prefix DIR azurite@3.37.0, and set PH2CIO_AZURITE=DIR" >&2; exit 1; }
	@$(GO) test -run 'Azurite|OverAContainer|OfAContainer' ./internal/objectstore ./cmd/ph2cio
	@echo "All tests with azurite passed."

# Chromium comes with the system, and axe-core is a package for node, so that neither is installed here.
.PHONY: test-browser
test-browser: needs-go ## run the tests that need Chromium
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do command -v $$name >/dev/null && break; done || \
		{ echo "Chromium is missing: apt-get install chromium" >&2; exit 1; }
	@test -n "$$PH2CIO_AXE" || \
		echo "axe-core checks nothing: npm install --prefix DIR axe-core@4.14.1, and set PH2CIO_AXE=DIR."
	@PH2CIO_BROWSER=needed $(GO) test -run Browser ./internal/cli ./internal/cli/webreport
	@echo "All tests with Chromium passed."

.PHONY: race
race: ## run the tests with the race detector
	CGO_ENABLED=1 $(GO) test -race -timeout 40m ./internal/... ./cmd/...

.PHONY: golden
golden: ## rewrite the expected outputs of tests, and show what changed
	@for package in $$(grep -rl --include='*_test.go' 'flag.Bool("update"' cmd internal | xargs -n 1 dirname | sort -u); do \
		$(GO) test ./$$package -update || exit 1; \
	done
	git diff --stat -- testdata cmd internal

# Go minimizes each new interesting input for up to a minute, and meanwhile tries nothing else: hence -fuzzminimizetime.
.PHONY: fuzz
fuzz: ## run each fuzz test for FUZZTIME (default 30s)
	@targets=$$(grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' cmd internal) || exit 1; \
	echo "$$targets" | sort | while IFS=: read -r file target; do \
		echo "$${target#func } ($$(dirname $$file))"; \
		$(GO) test -run '^$$' -fuzz "^$${target#func }\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x \
			./$$(dirname $$file) </dev/null || exit 1; \
	done

.PHONY: bench
bench: ## measure speed and memory; BENCHFLAGS=-quick omits the long parts
	$(GO) run ./internal/testkit/bench $(BENCHFLAGS)

.PHONY: soak
soak: ## test for hours with fuzzing, kills and faults; needs 40 GB of disk
	$(GO) run ./internal/testkit/bench -only crowd
	PH2CIO_HISTORIES=200000 $(GO) test -count=1 -timeout 6h -run TestPeopleAreThoseOfTheRules ./internal/people
	PH2CIO_WORLDS=200 PH2CIO_WORLD_NIGHTS=30 $(GO) test -count=1 -timeout 6h -run TestNightsEndAsOneBackfill ./cmd/ph2cio
	PH2CIO_KILLS=100 $(GO) test -count=1 -timeout 6h -v -run TestKilled -skip FromABucket ./cmd/ph2cio
	PH2CIO_KILLS=200 $(GO) test -count=1 -timeout 6h -v -run TestKilledBackfillFromABucket ./cmd/ph2cio
	PH2CIO_KILLS=200 $(GO) test -count=1 -timeout 6h -run TestAStoppedRunResumes ./internal/transfer -rapid.checks=2000
	PH2CIO_POWERLOSS=all $(GO) test -count=1 -timeout 6h -run TestPowerLoss ./cmd/ph2cio
	PH2CIO_STOPS=20 PH2CIO_STOP_PEOPLE=1500000 $(GO) test -count=1 -timeout 6h -v -run TestStoppedAtAnyMoment ./cmd/ph2cio
	PH2CIO_GROWTH=30 $(GO) test -count=1 -timeout 6h -v -run TestStateGrowsByWhatIsNew ./cmd/ph2cio
	PH2CIO_SOAK=1h PH2CIO_SOAK_NIGHTS=60 $(GO) test -count=1 -timeout 6h -v -run TestSoak ./cmd/ph2cio
	$(MAKE) fuzz FUZZTIME=10m

.PHONY: lint
lint: ## check format, vet, staticcheck and modern Go
	@files=$$(gofmt -l cmd internal) && test -z "$$files" || { echo "not formatted, run gofmt -w:" $$files >&2; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) fix -diff ./...

.PHONY: check
check: lint purego ## run lint, check go.mod, and build and vet for every platform
	$(GO) mod tidy -diff
	@for platform in $(PLATFORMS); do \
		echo "$$platform"; \
		export CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform#*/}; \
		$(GO) build ./... && $(GO) vet ./... || exit 1; \
	done

# On amd64 a few loops are in assembly; other processors have them in Go alone, which is tested here.
.PHONY: purego
purego: ## test what other processors have instead of assembly
	$(GO) vet -tags purego ./internal/rawjson ./internal/posthog
	$(GO) test -tags purego ./internal/rawjson
	$(GO) test -tags purego -run 'JSON|Row|Sample|Person|Column' ./internal/posthog

.PHONY: clean
clean: ## remove what the other targets made in this directory
	rm -f ph2cio ph2cio.exe *.test *.prof
	rm -rf dist .bin cmd/*/testdata/rapid internal/*/testdata/rapid
