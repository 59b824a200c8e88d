# Where the demo finds its broker; empty means the in-memory one.
BROKER   ?=
# How long each fuzz target runs.
FUZZTIME ?= 30s
# How long the soak lasts, and the seed of the one to repeat; how long a worker is
# left alone beside it.
SOAK     ?= 30m
SEED     ?=
ALONE    ?= $(SOAK)
# What is tested on RabbitMQ 4.x, where the broker's own behaviour matters most:
# first what needs both processors.
ON_4     ?= ./runtime/amqp
THEN_ON_4 ?= ./runtime/amqp/topology ./runtime/delays

ACTORGEN := go run ./cmd/actorgen
# Runs a command with RabbitMQ at hand: the one that ACTORGEN_AMQP_URL names, or
# a private one, started or installed as needed. Says first which release it is.
RABBITMQ := go run ./runtime/rabbittest/cmd/rabbitmq
# The one with most faults needs both processors; those that wait for long share them.
GREEDY   := ./runtime/amqp
LONG     := ./runtime/ledger ./runtime/delays ./runtime/workercmd
# Those that need no broker have no clock to fear: beside the rest, at low priority.
OFFLINE  := ./cmd/actorgen/... ./docs/... ./generator/... ./templates/...
OTHERS    = $$(go list ./... | grep -vxF "$$(go list $(GREEDY) $(LONG) $(OFFLINE))")
# A module of its own, for its database driver.
APART    := examples/idempotent
GOFILES   = $$(find . -name '*.go' -not -path '*/testdata/*')
UNIT     := $(OFFLINE) ./runtime/actor/... ./runtime/memory/...

.PHONY: help demo test test-machine test-online test-offline test-4 compiler unit generate check-generated fmt fmt-check vet tidy-check bench fuzz soak ci release-check

help: ## list the targets (this is the default)
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## run the example, on RabbitMQ with BROKER=amqp://user:password@host/
	@echo 'Generating and building the example. The first time that takes a while.'
	@go generate ./examples/quickstart/...
	@go run ./examples/quickstart/demo -broker='$(BROKER)'

test: test-machine ## run test-machine, and test-4 unless that was on 4.x
	@case "$$($(RABBITMQ) -version)" in 4.*) ;; *) $(MAKE) --no-print-directory test-4 ;; esac

test-machine: compiler ## run all tests with the race detector on the machine's RabbitMQ
	@$(MAKE) --no-print-directory --jobs=2 test-online test-offline

test-offline: compiler
	nice -n 19 go test -race -p 1 $(OFFLINE)

test-online: compiler
	$(RABBITMQ) go test -race -p 2 $(OTHERS)
	$(RABBITMQ) go test -race $(GREEDY)
	$(RABBITMQ) go test -race -p 2 $(LONG)
	$(RABBITMQ) go -C $(APART) test -race ./...
	go test -run Allocations ./runtime/actor ./runtime/metrics # which the race detector would distort

test-4: export ACTORGEN_AMQP_URL =
test-4: export ACTORGEN_RABBITMQ = 4
test-4: compiler ## run the tests of the packages ON_4 and THEN_ON_4 on RabbitMQ 4.x
	$(RABBITMQ) go test -race $(ON_4)
	$(RABBITMQ) go test -race -p 2 $(THEN_ON_4)

compiler:
	@command -v $$(go env CC) >/dev/null || \
		{ echo "the race detector needs a C compiler: install gcc and the C library's headers" >&2; exit 1; }

unit: ## run the tests that need no broker, without the race detector
	go test $(UNIT)

generate: ## write all generated code
	go generate ./...
	go -C $(APART) generate ./...

check-generated: ## fail if generated code is stale
	$(ACTORGEN) check $$(go list ./... | grep -v /examples/web/)
	$(ACTORGEN) check -stubs client -main examples/web/worker ./examples/web/tasks
	@for e in quickstart receivers hybrid calling; do $(ACTORGEN) check -main examples/$$e/worker ./examples/$$e/tasks || exit 1; done
	go -C $(APART) tool actorgen check -main worker ./...

fmt: ## format all Go files
	gofmt -w $(GOFILES)

fmt-check: ## fail if a Go file is not formatted
	@unformatted=$$(gofmt -l $(GOFILES)) && test -z "$$unformatted" || \
		{ echo "not formatted (make fmt mends it):" $$unformatted >&2; exit 1; }

vet: ## run go vet, and what it is for actors
	go vet ./...
	$(ACTORGEN) vet ./...
	go -C $(APART) vet ./...
	go -C $(APART) tool actorgen vet ./...

tidy-check: ## fail if go.mod or go.sum is not tidy
	go mod tidy -diff
	go -C $(APART) mod tidy -diff

bench: ## print the ratios to amqp091-go used by hand, and of actorgen to go list
	$(RABBITMQ) go run ./runtime/bench
	go run ./generator/bench

fuzz: ## run every fuzz target for FUZZTIME (30s)
	@grep -rE --include='*_test.go' -o '^func Fuzz[A-Za-z0-9_]*' . | sed 's|/[^/]*:func | |' | \
	while read -r package target; do \
		echo "$$package $$target"; \
		go test "$$package" -run '^$$' -fuzz "^$$target\$$" -fuzztime '$(FUZZTIME)' || exit 1; \
	done

soak: ## account for all messages under random faults for SOAK (30m); SEED repeats a run
	SOAK='$(SOAK)' SEED='$(SEED)' ALONE='$(ALONE)' go test -race -count=1 -v -timeout 24h \
		-run '^(TestSoak|TestWorkerLeftAlone)$$' ./runtime/ledger

ci: fmt-check vet check-generated test ## do what continuous integration does

release-check: ## say what is missing for a release: VERSION=v1.2.3
	@.ci/release-check '$(VERSION)'
