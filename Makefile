SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FUZZTIME ?= 30s
# A test that hangs ends after this, with the stacks of all goroutines.
TIMEOUT ?= 25m

# The version comes from git above, so Go need not ask git again: it refuses to
# in a checkout that another user owns.
export GOFLAGS := $(strip $(GOFLAGS) -buildvcs=false)

LINT := go tool -modfile=tools/golangci-lint/go.mod golangci-lint
DEADCODE := go tool -modfile=tools/deadcode/go.mod deadcode
ACTIONLINT := go tool -modfile=tools/actionlint/go.mod actionlint
HOUSE := go -C tools/house

# What the names of all tests that start ZooKeepers begin with (internal/zktest fails
# those that are called otherwise), and of those of them that are worth running with two
# versions at most, or not on versions at all.
REAL := ^TestReal
ONCE := ^TestRealOnce
# Only root may make network namespaces. For others the tests that need them are
# skipped; for root everything must run.
REQUIRE = $(if $(filter 0,$(shell id -u)),1)

.PHONY: help
help: ## Show this list.
	@awk -F ': .*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/zkdoctor, one static file.
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/zkdoctor ./cmd/zkdoctor

.PHONY: demo
demo: ## Start real ensembles, break them, and let zkdoctor say why.
	@.ci/install java
	go run ./internal/demo

.PHONY: monitor
monitor: ## Watch a real ensemble by Prometheus and dashboards (ZOOKEEPER=3.9.5).
	@.ci/install monitor
	go build -o bin/demo ./internal/demo
	@# On a terminal it has a process group of its own: Ctrl-C ends what runs, and is no error of make.
	@if [ -t 0 ]; then set -m; fi; status=0; \
	bin/demo -monitor $(if $(ZOOKEEPER),-zookeeper $(ZOOKEEPER)) || status=$$?; exit $$status

# Those that start no ZooKeeper first: they need two cores for themselves, and wait for some of their
# time. The others wait for most of it, for elections and second checks: six at a time keep two cores
# busy, and the packages that have a few of them go beside the one that has most. One test
# waits for minutes; the others bound themselves to four ensembles. To vet is make lint's.
.PHONY: test
test: ## Run all tests; cases on real ZooKeepers on one of six (RELEASES=2: the oldest and another).
	@.ci/install all
	@[ -n "$(REQUIRE)" ] || echo "Not root: tests that need network namespaces are skipped."
	ZKTEST_NONE=1 ZKTEST_REQUIRE=$(REQUIRE) go test -vet=off -parallel 4 -timeout $(TIMEOUT) -skip '$(REAL)' ./...
	ZKTEST_REQUIRE=$(REQUIRE) ZKTEST_RELEASES=$(or $(RELEASES),1) go test -vet=off -p 2 -parallel 6 -timeout $(TIMEOUT) -run '$(REAL)' $$(grep -rl --exclude-dir=.cache --include='*_test.go' 'func $(REAL:^%=%)' . | xargs -n 1 dirname | sort -u)

.PHONY: quick
quick: ## Run the tests that start no ZooKeeper: in less than a minute, once they are built.
	ZKTEST_NONE=1 go test -skip '$(REAL)' ./...

.PHONY: pages
pages: ## Break real ensembles, and wait for their alerts as long as the rules do: 8 minutes.
	@.ci/install all
	ZKTEST_REQUIRE=$(REQUIRE) ZKTEST_PAGES=whole go test -count=1 -v -timeout $(TIMEOUT) -run '^TestRealOncePages$$' ./cmd/zkdoctor

.PHONY: matrix
matrix: ## Run the tests on real ensembles with every ZooKeeper (VERSIONS=3.6.4,3.7.2).
	@.ci/install all
	@[ -n "$(REQUIRE)" ] || echo "Not root: tests that need network namespaces are skipped."
	ZKTEST_REQUIRE=$(REQUIRE) ZKTEST_VERSIONS=$(or $(VERSIONS),all) go test -parallel 5 -timeout $(TIMEOUT) -run '$(REAL)' -skip '$(ONCE)' ./cmd/zkdoctor ./exporter

.PHONY: releases
releases: ## Ask a server of each patch of 3.8 and 3.9 what is known of it (docs/advisories.md): ten more downloads.
	@.ci/install java
	ZKTEST_REQUIRE=$(REQUIRE) ZKTEST_PATCHES=1 go test -count=1 -timeout $(TIMEOUT) -parallel 3 -run '^TestRealOnceReleases$$' ./cmd/zkdoctor

.PHONY: faults
faults: ## Break real ensembles in every way, and print what zkdoctor says (VERSIONS=all).
	@.ci/install all
	@ZKTEST_REQUIRE=$(REQUIRE) ZKTEST_VERSIONS=$(VERSIONS) go test -count=1 -v -timeout $(TIMEOUT) -parallel 5 -run '$(REAL)' -skip '$(ONCE)' ./cmd/zkdoctor | tools/faults

.PHONY: scenes
scenes: ## Break real ensembles of random shapes in random ways (N=100, SEED=7: that one), and judge what zkdoctor says.
	@.ci/install all
	@mkdir -p .cache
	@ZKTEST_REQUIRE=$(REQUIRE) ZKTEST_VERSIONS=$(VERSIONS) ZKTEST_SEED=$(SEED) ZKTEST_RANDOM=$(or $(N),100) go test -count=1 -v -timeout 24h -parallel 2 -artifacts -outputdir .cache -run '^TestRealOnceRandom$$' ./cmd/zkdoctor | grep -v '^=== '

.PHONY: record-scenes
record-scenes: ## Record what is seen of real ensembles that are broken in every way (internal/scenes).
	@.ci/install all
	rm -rf .cache/scenes
	ZKTEST_REQUIRE=$(REQUIRE) ZKTEST_SCENES=$(CURDIR)/.cache/scenes go test -count=1 -timeout $(TIMEOUT) -parallel 4 -run '^TestReal(Faults|Pairs)$$' ./cmd/zkdoctor
	go run ./internal/scenes/pack .cache/scenes

.PHONY: healthy
healthy: ## Look 50 times at healthy ensembles of every shape (LOOKS=50).
	@.ci/install all
	ZKTEST_REQUIRE=$(REQUIRE) ZKTEST_VERSIONS=$(VERSIONS) ZKTEST_LOOKS=$(or $(LOOKS),50) go test -count=1 -timeout 60m -run '^TestRealHealthy' ./cmd/zkdoctor

.PHONY: restarts
restarts: VERSIONS ?= 3.4.10,3.9.5
restarts: ## Ask before restarts of healthy and broken ensembles, and restart (LOOKS=50 of each shape, ROLLS=3 rolling ones): half an hour.
	@.ci/install all
	ZKTEST_REQUIRE=$(REQUIRE) ZKTEST_RESTARTS=all ZKTEST_VERSIONS=$(VERSIONS) ZKTEST_LOOKS=$(or $(LOOKS),50) ZKTEST_ROLLS=$(or $(ROLLS),3) go test -count=1 -v -timeout 24h -parallel 4 -run '^TestReal(LatentFaults|OKToRestart|Rolling|Hooks|OnceUngated|OnceGrow|OnceShrink|OnceAdd|OnceUpgrade|OnceUpgradeLater|OnceObserverMaster)$$' ./cmd/zkdoctor | grep -v '^=== '

.PHONY: race
race: ## Run the tests that start no ZooKeeper, and the exporter's, with the race detector.
	@.ci/install race
	ZKTEST_NONE=1 CGO_ENABLED=1 go test -race -timeout $(TIMEOUT) -skip '$(REAL)' ./...
	CGO_ENABLED=1 go test -race -timeout $(TIMEOUT) -run '$(REAL)' ./exporter

.PHONY: release-snapshot
release-snapshot: ## Make what a release has, in dist: archives, packages, checksums (PLATFORMS=linux/amd64: that one only).
	PLATFORMS='$(PLATFORMS)' tools/release

.PHONY: package-test
package-test: ## Install, upgrade, run and remove what a release has, on real ZooKeepers: some minutes.
	@.ci/install java
	@.ci/install package
	ZKTEST_PACKAGES=1 ZKTEST_REQUIRE=1 go test -count=1 -v -timeout $(TIMEOUT) ./packaging

.PHONY: chart-test
chart-test: ## Render the Helm chart in all variants (2 minutes the first time: it builds Helm).
	go -C tools/chart test -count=1 .
	cd tools/chart && go tool -modfile=../golangci-lint/go.mod golangci-lint run

.PHONY: lint
lint: ## Look for bad form, mistakes, forbidden imports and dead code.
	@files=$$(gofmt -l $$(go list -f '{{.Dir}}' ./...)); [ -z "$$files" ] || { echo "not formatted, run make fmt:"; echo "$$files"; exit 1; }
	go vet ./...
	$(ACTIONLINT) -shellcheck= -pyflakes=
	$(LINT) config verify
	$(LINT) run
	cd tools/house && go tool -modfile=../golangci-lint/go.mod golangci-lint run
	@dead=$$($(DEADCODE) -test ./...); [ -z "$$dead" ] || { echo "nothing calls these:"; echo "$$dead"; exit 1; }

.PHONY: vuln
vuln: ## Check the dependencies against Go's database of vulnerabilities (network; exit code 4: out of reach).
	@tools/vuln

.PHONY: house
house: ## Print figures of the code's structure; fail where one is worse than recorded (V=1: why).
	$(HOUSE) test .
	@$(HOUSE) run . $(if $(V),-v) ../..

.PHONY: house-update
house-update: ## Record today's figures of the code's structure.
	@$(HOUSE) run . -update ../..

.PHONY: fmt
fmt: ## Format the code.
	$(LINT) fmt

.PHONY: check
check: lint house race test ## Run lint, house, race and test: before a change is offered.

.PHONY: bench
bench: ## Run the benchmarks.
	go test -run '^$$' -bench . -benchmem $$(grep -rl --exclude-dir=.cache --include='*_test.go' '^func Benchmark' . | xargs -n 1 dirname | sort -u)

.PHONY: figures
figures: ## Print the figures of docs/performance.md, all of one run: ten minutes on an idle machine.
	@.ci/install java
	@tools/figures

.PHONY: fuzz
fuzz: ## Run each fuzz target for a while (FUZZTIME=30s).
	@grep -rEo --exclude-dir=.cache --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | sort | while IFS=: read -r file func; do \
		target=$${func#func }; \
		echo "$$target in $$(dirname "$$file")"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$(dirname "$$file")" </dev/null; \
	done

.PHONY: cover
cover: ## Show how much of the code the tests without servers run.
	ZKTEST_NONE=1 go test -timeout $(TIMEOUT) -skip '$(REAL)' -coverpkg=./... -coverprofile=coverage.out ./...
	@go tool cover -func=coverage.out | tail -n 1

.PHONY: clean
clean: ## Remove what was built; the ZooKeepers in .cache stay.
	rm -rf bin coverage.out
	find . -path ./.cache -prune -o -name '*.test' -type f -exec rm {} +
