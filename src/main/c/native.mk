# The native part. Included by the Makefile at the top, or alone: make -f src/main/c/native.mk OUT=target/native
OUT ?= target/native
CC ?= gcc
NATIVE_MAIN := src/main/c
NATIVE_TEST := src/test/c
NATIVE_WARNINGS := -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror
NATIVE_FLAGS := $(NATIVE_WARNINGS) -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -ffunction-sections -fdata-sections
NATIVE_LINK := -static -Wl,--gc-sections -Wl,-z,noexecstack -Wl,-z,relro,-z,now -s
NATIVE_SANITIZE := $(NATIVE_WARNINGS) -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
NATIVE_SOURCES := $(wildcard $(NATIVE_MAIN)/*.c)
NATIVE_TEST_SOURCES := $(wildcard $(NATIVE_TEST)/*.c)
NATIVE_HEADERS := $(wildcard $(NATIVE_MAIN)/*.h $(NATIVE_TEST)/*.h)
NATIVE_OBJECTS := $(patsubst $(NATIVE_MAIN)/%.c,$(OUT)/o/%.o,$(NATIVE_SOURCES))
# main.c picks a role; the test has a main of its own.
NATIVE_TEST_OBJECTS := $(patsubst $(NATIVE_MAIN)/%.c,$(OUT)/t/%.o,$(filter-out %/main.c,$(NATIVE_SOURCES))) \
	$(patsubst $(NATIVE_TEST)/%.c,$(OUT)/t/test-%.o,$(NATIVE_TEST_SOURCES))

.PHONY: native native-test native-test-binary native-floor native-clean
native: $(OUT)/jcompose
native-test-binary: $(OUT)/jcompose-test
native-floor: $(OUT)/floor $(OUT)/timed

# Needs root: it makes containers. In a pid namespace of its own, which ends whatever a failed test left running.
# Keeper and program run inside the sanitized test; the client and the launcher are programs, so they are run as
# they are shipped, and once more sanitized.
NATIVE_ALONE := unshare --pid --fork --mount-proc --kill-child
native-test: $(OUT)/jcompose $(OUT)/jcompose-sanitized $(OUT)/jcompose-test
	JCOMPOSE_BINARY=$(OUT)/jcompose $(NATIVE_ALONE) $(OUT)/jcompose-test $(ONLY)
	JCOMPOSE_BINARY=$(OUT)/jcompose-sanitized $(NATIVE_ALONE) $(OUT)/jcompose-test client:

$(OUT)/jcompose-sanitized: $(patsubst $(NATIVE_MAIN)/%.c,$(OUT)/t/%.o,$(NATIVE_SOURCES))
	$(CC) $(NATIVE_SANITIZE) -o $@ $^

$(OUT)/jcompose: $(NATIVE_OBJECTS)
	$(CC) $(NATIVE_LINK) -o $@ $^

$(OUT)/jcompose-test: $(NATIVE_TEST_OBJECTS)
	$(CC) $(NATIVE_SANITIZE) -o $@ $^ -lutil

$(OUT)/floor $(OUT)/timed: $(OUT)/%: src/bench/c/%.c
	@mkdir -p $(@D)
	$(CC) $(NATIVE_FLAGS) $(NATIVE_LINK) -o $@ $<

$(OUT)/o/%.o: $(NATIVE_MAIN)/%.c $(NATIVE_HEADERS)
	@mkdir -p $(@D)
	$(CC) $(NATIVE_FLAGS) -c -o $@ $<

$(OUT)/t/%.o: $(NATIVE_MAIN)/%.c $(NATIVE_HEADERS)
	@mkdir -p $(@D)
	$(CC) $(NATIVE_SANITIZE) -c -o $@ $<

$(OUT)/t/test-%.o: $(NATIVE_TEST)/%.c $(NATIVE_HEADERS)
	@mkdir -p $(@D)
	$(CC) $(NATIVE_SANITIZE) -I$(NATIVE_MAIN) -c -o $@ $<

native-clean:
	rm -rf $(OUT)
