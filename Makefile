# BetFlow: `make` lists what can be done.

GO      ?= go
DATA    ?= betflow-data
LINT    := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.5.0
FUZZTIME ?= 10s
KILLS   ?= 100
QUOTES  ?= 1000000
CRASH_REPORT ?= $(CURDIR)/bin/crash.json

.DEFAULT_GOAL := help
.PHONY: help run build test race test-ui test-engines test-crash test-web screenshots lint fmt vet check bench bench-peers fuzz web web-check clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## Build, start everything with the simulated world, open http://localhost:8080
	./bin/betflow up --data $(DATA)

build: ## Build bin/betflow
	$(GO) build -o bin/betflow ./cmd/betflow

test: ## All tests that need only Go and a C compiler; race detector on, order shuffled
	$(GO) vet ./...
	$(GO) test -race -shuffle=on -timeout 30m ./...

race: test ## The same: the race detector is always on

test-ui: ## The pages in headless Chromium (needs chromium on the PATH)
	$(GO) vet -tags ui ./test/ui/
	$(GO) test -tags ui -count=1 -parallel 3 -timeout 10m ./test/ui/

test-engines: ## The log and the registry on a real Kafka and a real registry (needs Java 21; fetches them once)
	$(GO) vet -tags engines ./test/engines/
	$(GO) test -tags engines -count=1 -timeout 25m ./test/engines/

test-crash: ## Kill the program KILLS times over QUOTES rows (default 100 over 1000000) and compare all it wrote
	@mkdir -p $(dir $(CRASH_REPORT))
	$(GO) vet ./test/crash/
	BETFLOW_KILLS=$(KILLS) BETFLOW_QUOTES=$(QUOTES) BETFLOW_REPORT=$(CRASH_REPORT) \
	  $(GO) test -run TestAReplayThatIsDisturbed -v -count=1 -timeout 4h ./test/crash/

test-web: ## Unit tests of the web UI's sources (needs npm)
	npm ci --prefix web
	npm test --prefix web

screenshots: ## Take docs/*.png again (needs chromium)
	BETFLOW_SCREENSHOTS=1 $(GO) test -tags ui -count=1 -parallel 3 -timeout 10m ./test/ui/

lint: ## golangci-lint, as configured
	$(GO) run $(LINT) run ./...

fmt: ## Format the sources
	gofmt -w bench cmd internal leagues metrics test web

vet: ## go vet and formatting
	$(GO) vet ./...
	@test -z "$$(gofmt -l bench cmd internal leagues metrics test web | tee /dev/stderr)"

check: vet test ## What CI runs

bench: ## Benchmarks of the hot path; compare runs with benchstat
	$(GO) test -run '^$$' -bench . -benchmem ./internal/...

bench-peers: ## The same windows on BetFlow, Kafka Streams, Flink and Spark, on a real Kafka (needs JDK 21; ARGS, see bench/README.md)
	$(GO) run ./bench/peers $(ARGS)

fuzz: ## Every fuzz target for FUZZTIME (default 10s)
	@set -e; for dir in $$(grep -rl --include=*_test.go '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
	  for target in $$(grep -rho --include=*_test.go '^func Fuzz[A-Za-z0-9_]*' $$dir | cut -c6- | sort -u); do \
	    echo "$$dir $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$dir; \
	  done; done

web: ## Build the web UI from its sources (needs npm)
	npm ci --prefix web
	$(GO) run ./web/build

web-check: ## Fail if the built web UI is not what its sources give (needs npm)
	npm ci --prefix web
	npm run typecheck --prefix web
	$(GO) run ./web/build -check

clean: ## Remove what was built; the data folder stays
	rm -rf bin
