# `make` alone says what there is.
SWIFT ?= swift
BINARY = .build/release/switchboard
SWIFT_SOURCES = $(wildcard Package.swift Sources Tests bench)

.DEFAULT_GOAL := help
.PHONY: help setup build test soak fuzz demo lint format schema migrations bench clean

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing: PostgreSQL, libpq and pkg-config, by apt-get
	@.ci/setup

build: setup ## build .build/release/switchboard
	$(SWIFT) build -c release --product switchboard

# One test at a time: many start daemons and servers and wait for them, and two processors are not many.
test: setup ## run every test, on a throw-away PostgreSQL
	$(SWIFT) test --disable-xctest --no-parallel

# What the tests do a little of, for as long as one likes: random worlds of the engine watched by the auditor, and the
# daemon killed and taken over. The worlds want an optimised build of their own; from seed 1,000,000 on they have rules
# and steps, from 2,000,000 on other plans come into force.
SEEDS ?= 1..1000,1000001..1001000,2000001..2001000
soak: setup ## random worlds SEEDS=1..1000,1000001..1001000,2000001..2001000 of STEPS=3000; the daemon killed ROUNDS=200 times and taken over TAKEOVERS=50 times
	SWITCHBOARD_SOAK_SEEDS=$(SEEDS) SWITCHBOARD_SOAK_STEPS=$(or $(STEPS),3000) \
		$(SWIFT) test -c release -Xswiftc -enable-testing --scratch-path .build/soak --disable-xctest --filter SoakTests
	SWITCHBOARD_SOAK_ROUNDS=$(or $(ROUNDS),200) SWITCHBOARD_SOAK_TAKEOVERS=$(or $(TAKEOVERS),50) \
		$(SWIFT) test --disable-xctest --no-parallel --filter 'BoundaryTests|StandbyTests|FailoverTests'

fuzz: setup ## let libFuzzer look for faults of the line parser and of sessions, SECONDS=60 each
	@Tests/Fuzz/run $(or $(SECONDS),60)

demo: build ## play a morning of a shop in a minute, against a daemon of its own
	@$(BINARY) demo

lint: ## check how the code is written
	$(SWIFT) format lint --strict --recursive --parallel $(SWIFT_SOURCES)

format: ## write the code as lint wants it
	$(SWIFT) format --in-place --recursive --parallel $(SWIFT_SOURCES)

migrations: ## after editing sql/: put its files into the binary's source
	sql/embed.sh

schema: migrations ## after editing sql/: write sql/schema.sql anew
	SWITCHBOARD_WRITE_SCHEMA=1 $(SWIFT) test --disable-xctest --filter MigrationTests

bench: build ## measure everything and make a report (see bench/README.md)
	@bench/run

clean: ## remove what was built
	$(SWIFT) package clean
	rm -rf .demo .build-fuzz
