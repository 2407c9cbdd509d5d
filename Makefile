# make            builds target/jcompose
# make demo       runs samples/node-mongo with it
# make samples    runs and breaks the other samples (SAMPLES="a b": just these)
# make test       runs every test
# make bench      prints figures; make soak: the long tests (CYCLES=20: a sample)
# make reference  writes target/compose-file.md, all attributes of the Compose file
# make install    copies it below PREFIX (/usr/local); make install-alias: also as docker-compose

SHELL      := /bin/bash
PREFIX     ?= /usr/local
OUT        := target/jcompose
NATIVE_OUT := target/native
MVN        := mvn -B -q -Dstyle.color=never
JAVA_HOME_25 = $(shell src/main/sh/find-java)

.PHONY: all demo samples test bench soak rows reference install install-alias uninstall clean prerequisites test-prerequisites jar native

all: prerequisites
	@$(MAKE) --no-print-directory $(OUT)/lib/build

prerequisites:
	@src/main/sh/prerequisites build

test-prerequisites:
	@src/main/sh/prerequisites build test

SOURCES := $(shell find src/main -type f) pom.xml Makefile $(shell find compose-schema -type f 2>/dev/null)

$(OUT)/lib/build: $(SOURCES)
	@echo "building jcompose (Java)"
	@$(MVN) -DskipTests package
	@echo "building jcompose (C)"
	@$(MAKE) --no-print-directory -f src/main/c/native.mk OUT=$(NATIVE_OUT) native
	@src/main/sh/assemble $(OUT) $(NATIVE_OUT)

demo: all
	@samples/node-mongo/demo

samples: all
	@samples/run $(SAMPLES)

test: test-prerequisites
	@$(MAKE) --no-print-directory $(OUT)/lib/build
	@$(MAKE) --no-print-directory -f src/main/c/native.mk OUT=$(NATIVE_OUT) native-test
	@mvn -B -Dstyle.color=never verify

bench: all
	@src/bench/run

# The whole soak also kills the engine, and then the keepers, at each step of each command (SWEEP=UP,DOWN: of these;
# none: of none), and does many random operations.
SWEEP ?= $(if $(CYCLES),none,all)
STEPS ?= $(if $(CYCLES),100,2000)
soak: test-prerequisites all
	@src/bench/soak $(CYCLES)
	@[ "$(SWEEP)" = none ] || $(MVN) test -Dtest=FaultSweepTest -Djcompose.sweep=$(SWEEP)
	@$(MVN) test -Dtest=RandomOperationsTest -Djcompose.steps=$(STEPS) -Djcompose.seed=$$RANDOM

rows:
	@src/test/sh/rows >src/ROWS.md

reference: all
	@$(OUT)/bin/jcompose help compose-file >target/compose-file.md

INSTALLED = $(DESTDIR)$(PREFIX)/lib/jcompose

# The files of an engine that runs are never written over, only put out of its way.
install: all
	install -d $(DESTDIR)$(PREFIX)/lib $(DESTDIR)$(PREFIX)/bin
	rm -rf $(INSTALLED).new
	cp -a $(OUT) $(INSTALLED).new
	rm -rf $(INSTALLED)
	mv $(INSTALLED).new $(INSTALLED)
	ln -sfn ../lib/jcompose/bin/jcompose $(DESTDIR)$(PREFIX)/bin/jcompose

# The name that many scripts call; left alone where there is one already.
install-alias: install
	test -e $(DESTDIR)$(PREFIX)/bin/docker-compose || ln -s jcompose $(DESTDIR)$(PREFIX)/bin/docker-compose

uninstall:
	rm -rf $(INSTALLED)
	rm -f $(DESTDIR)$(PREFIX)/bin/jcompose

clean:
	rm -rf target
