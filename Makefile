# langnghed: build, check, install. Targets:
#   make                 programs and plugins into build/VARIANT/
#   make check           unit tests, the policy's cases, fuzz corpora       (quick)
#   make integration     real daemon, real files, kill -9, bad plugins
#   make bench           figures beside a reference in the same run, as ratios
#   make torture         the slow ones
#   make fuzz            each fuzz program for FUZZ_S seconds (60), with clang's libFuzzer
#   make install DESTDIR= PREFIX=/usr
#   make format | clean
# Variables: CC=clang  SAN=address,undefined  WERROR=1  V=1  VARIANT=name
CC ?= cc
PREFIX ?= /usr
SYSCONFDIR ?= /etc
VARIANT ?= $(notdir $(CC))$(if $(SAN),-$(subst $(comma),-,$(SAN)))
comma := ,
B := build/$(VARIANT)
Q := $(if $(V),,@)

PKGS := libevent_core libevent_extra sqlite3 libconfig gmime-3.0 libutf8proc libsodium libseccomp jansson libzip expat
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) | sed 's/-I/-isystem /g')
PKG_LIBS := $(shell pkg-config --libs $(PKGS)) -lxlsxwriter -lcsv -lesmtp -lssl -lcrypto -ldl -lm

CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Idaemon -Iplugins $(PKG_CFLAGS) -include base/banned.h \
	-Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-fstack-protector-strong -fPIC $(if $(WERROR),-Werror) \
	$(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all) $(CFLAGS)
ALL_LDFLAGS = -Wl,--as-needed -Wl,-z,relro,-z,now $(if $(SAN),-fsanitize=$(SAN)) $(LDFLAGS)

LAYERS := base plan store register rules alerts mail ctl
LIB_SRC := $(foreach l,$(LAYERS),$(wildcard daemon/$(l)/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/obj/%.o) $(patsubst %.sql,$(B)/obj/%.o,$(wildcard daemon/store/schema/*.sql))
PROG_OF = $(if $(filter langnghed langnghectl,$(1)),$(1),langnghe-$(1))
PROGS := $(foreach p,$(basename $(notdir $(wildcard daemon/*.c))),$(B)/$(call PROG_OF,$(p)))
PLUGINS := $(foreach p,$(notdir $(wildcard plugins/*)),$(if $(wildcard plugins/$(p)/$(p).c),$(B)/plugins/$(p).so))
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c)) \
	$(B)/tests/run_cases
BAD_PLUGINS := $(patsubst tests/plugins/%.c,$(B)/tests/plugins/%.so,$(wildcard tests/plugins/*.c))
FUZZ := $(patsubst tests/fuzz/%.c,$(B)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))
PRELOAD := $(patsubst tests/integration/%.c,$(B)/tests/%.so,$(wildcard tests/integration/*.c))

PAGE := $(B)/langnghe-views.5
all: $(PROGS) $(PLUGINS) $(PAGE)
	@ln -sfn $(VARIANT)/plugins build/plugins

$(B)/flags: FORCE
	@mkdir -p $(@D); echo '$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)' > $@

$(B)/obj/%.o: %.c $(B)/flags
	@mkdir -p $(@D); $(if $(V),,echo '  CC    $<')
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

# A schema step is an SQL file, carried as bytes: daemon/store/schema/0001-x.sql -> schema_0001.
$(B)/obj/daemon/store/schema/%.o: daemon/store/schema/%.sql $(B)/flags
	@mkdir -p $(@D); n=$(firstword $(subst -, ,$(notdir $*))); printf '%s\n' '.section .rodata' \
	  ".global schema_$$n" "schema_$$n:" '.incbin "$<"' '.byte 0' '.section .note.GNU-stack,"",@progbits' > $(@:.o=.s)
	$(Q)$(CC) -c $(@:.o=.s) -o $@

$(B)/liblangnghe.a: $(LIB_OBJ)
	$(Q)rm -f $@; ar rcs $@ $^

define PROGRAM
$(B)/$(call PROG_OF,$(1)): $(B)/obj/daemon/$(1).o $(B)/liblangnghe.a
	@$(if $(V),,echo '  LINK  $$@')
	$(Q)$(CC) $$(ALL_LDFLAGS) $(if $(filter sender,$(1)),-Wl$(comma)--export-dynamic-symbol=connect$(comma)--export-dynamic-symbol=write) -o $$@ $$^ $(PKG_LIBS)
endef
$(foreach p,$(basename $(notdir $(wildcard daemon/*.c))),$(eval $(call PROGRAM,$(p))))

# langnghe-views(5) is made from the views themselves and from what views.txt says of each column.
$(B)/views_page: $(B)/obj/scripts/views_page.o $(B)/liblangnghe.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)
$(PAGE): $(B)/views_page daemon/store/schema/views.txt daemon/store/langnghe-views.5.in
	$(Q)$^ $@

# umask: what others may write is not loaded (base/trust.h).
PLUGIN_FLAGS = -shared -fvisibility=hidden -Wl,-z,defs -Wl,--as-needed $(if $(SAN),-fsanitize=$(SAN))
define PLUGIN
$(B)/plugins/$(1).so: $(patsubst %.c,$(B)/obj/%.o,$(wildcard plugins/$(1)/*.c))
	@umask 022; mkdir -p $$(@D); $(if $(V),,echo '  SO    $$@')
	$(Q)umask 022; $(CC) $(filter-out -Wl$(comma)-z$(comma)defs,$(PLUGIN_FLAGS)) $(if $(SAN),,-Wl$(comma)-z$(comma)defs) -o $$@ $$^
endef
$(foreach p,$(notdir $(PLUGINS:.so=)),$(eval $(call PLUGIN,$(p))))

$(B)/tests/plugins/%.so: tests/plugins/%.c plugins/langnghe_plugin.h $(B)/flags
	@umask 022; mkdir -p $(@D)
	$(Q)umask 022; $(CC) $(ALL_CFLAGS) -shared -fvisibility=hidden -o $@ $<

$(B)/tests/%: $(B)/obj/tests/unit/%.o $(B)/liblangnghe.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcmocka
$(B)/tests/run_cases: $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/sim/*.c)) $(B)/liblangnghe.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcmocka

# A fuzz program: with libFuzzer where the variant is made for it, else replaying its corpus.
FUZZ_MAIN := $(if $(findstring fuzzer,$(CFLAGS)),,$(B)/obj/tests/fuzz/replay.o)
$(FUZZ): $(B)/tests/%: $(B)/obj/tests/fuzz/%.o $(B)/obj/tests/fuzz/file.o $(FUZZ_MAIN) $(B)/liblangnghe.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) $(if $(FUZZ_MAIN),,-fsanitize=fuzzer) -o $@ $^ $(PKG_LIBS)
fuzz:
	$(Q)$(MAKE) -s CC=clang VARIANT=fuzz SAN=address,undefined CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' fuzz-programs
	$(Q)B=build/fuzz tests/run-fuzz
fuzz-programs: $(FUZZ)

$(B)/tests/%.so: tests/integration/%.c $(B)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -Wmissing-prototypes,$(ALL_CFLAGS)) -shared -o $@ $< -ldl

# A program of the bench; in_process is langnghectl with a runner of its own.
$(B)/tests/bench/%: $(B)/obj/tests/bench/%.o $(B)/liblangnghe.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(PKG_LIBS)
$(B)/tests/bench/in_process: $(B)/obj/daemon/langnghectl.o
bench: $(patsubst tests/bench/%.c,$(B)/tests/bench/%,$(wildcard tests/bench/*.c))
tests: all $(UNIT) $(FUZZ) $(BAD_PLUGINS) $(PRELOAD)
check: tests
	$(Q)B=$(B) SAN=$(SAN) tests/run-check
integration: tests
	$(Q)B=$(B) SAN=$(SAN) tests/run-integration
torture bench: tests
	$(Q)B=$(B) tests/run-$@

# The number or text of a #define, without quotes and suffix.
DEFINED = $(shell sed -n 's/^.define $(1) "*\([0-9.]*\).*/\1/p' $(2))
install: all
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/langnghe \
	  $(DESTDIR)$(PREFIX)/lib/langnghe/plugins $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(SYSCONFDIR)/langnghe/templates/vi $(DESTDIR)$(SYSCONFDIR)/langnghe/rules.d \
	  $(DESTDIR)$(PREFIX)/lib/systemd/system $(addprefix $(DESTDIR)$(PREFIX)/share/man/man,1 3 5 8)
	install -m 755 $(B)/langnghed $(DESTDIR)$(PREFIX)/sbin/
	install -m 755 $(B)/langnghectl $(DESTDIR)$(PREFIX)/bin/
	install -m 755 $(filter-out %/langnghed %/langnghectl,$(PROGS)) $(DESTDIR)$(PREFIX)/libexec/langnghe/
	install -m 644 $(PLUGINS) $(DESTDIR)$(PREFIX)/lib/langnghe/plugins/
	install -m 644 plugins/langnghe_plugin.h $(DESTDIR)$(PREFIX)/include/
	install -d $(DESTDIR)$(PREFIX)/lib/pkgconfig
	sed -e 's/@ABI@/$(call DEFINED,LN_ABI,plugins/langnghe_plugin.h)/' -e 's/@VERSION@/$(call DEFINED,LANGNGHE_VERSION,daemon/base/version.h)/' \
	  plugins/langnghe.pc.in > $(DESTDIR)$(PREFIX)/lib/pkgconfig/langnghe.pc && chmod 644 $(DESTDIR)$(PREFIX)/lib/pkgconfig/langnghe.pc
	install -m 755 scripts/new-plugin $(DESTDIR)$(PREFIX)/bin/langnghe-new-plugin
	cd scripts && find plugin-template -type f -exec install -D -m 644 {} $(DESTDIR)$(PREFIX)/share/langnghe/{} \;
	install -m 644 $(wildcard conf/*.service conf/*.socket) $(DESTDIR)$(PREFIX)/lib/systemd/system/
	for page in daemon/langnghectl.1 plugins/langnghe-plugin.3 conf/langnghed.conf.5 conf/langnghe-rules.5 $(PAGE) daemon/langnghed.8; do \
	  install -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/; done
	install -d $(DESTDIR)$(PREFIX)/share/doc/langnghed/postfix
	install -m 644 conf/postfix/main.cf $(DESTDIR)$(PREFIX)/share/doc/langnghed/postfix/
	@# What an administrator changed is kept: the new file then lies beside it as NAME.new.
	cd conf && for f in *.conf *.csv templates/vi/* rules.d/*; do to=$(DESTDIR)$(SYSCONFDIR)/langnghe/$$f; \
	  if [ ! -e "$$to" ] || cmp -s "$$f" "$$to"; then install -m 644 "$$f" "$$to"; \
	  else install -m 644 "$$f" "$$to.new" && echo "kept $$to; the new one is $$to.new"; fi; done

format:
	clang-format -i $$(git ls-files '*.c' '*.h')
clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
.PHONY: all tests check integration torture bench fuzz fuzz-programs install format clean FORCE
.SECONDARY:
