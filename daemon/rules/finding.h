/*
 * finding.h: what the rules of one plugin said in one check, as received from
 * its runner and checked: rules known, text valid UTF-8, days and periods sane.
 * Facts only. All text lives in the set's bytes, as they were received.
 */
#ifndef RULES_FINDING_H
#define RULES_FINDING_H

#include "base/day.h"
#include "base/err.h"
#include "base/mem.h"

#include "langnghe_plugin.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rule_info;

enum {
	FINDINGS_MOST = 2000000,     /* one run may report at most, whatever plugins.findings says */
	FINDING_TEXT_MOST = 64 * 1024, /* bytes of one text */
	FINDING_NAME_MOST = 300      /* bytes of a subject, a code, an id */
};

struct finding_mark {
	const char *id;
	enum ln_mark_state state;
	const char *detail, *waiting_for;
};

struct finding {
	const char *rule, *subject, *period, *name, *unit, *place, *duty, *target;
	int64_t required, recorded;
	int32_t last_day, done_on;
	const char *document_no;
	bool not_applicable;
	int64_t numerator, denominator, unknown;
	int32_t figures_on;
	const char *source;
	const struct finding_mark *marks;
	size_t mark_count;
	int32_t since, act_by, valid_to;
	const char *detail, *list;
};

struct findings {
	unsigned char *bytes;
	struct arena arena; /* of marks */
	struct finding *items;
	size_t count, capacity;
	size_t left_out; /* that are in order and of which nobody was told: they are counted, not carried */
	const char *reads; /* columns of the register that were read for it, "|village.code|"; NULL: not known */
	const char *log; /* lines the plugin wrote for the administrator, or NULL */
};

void findings_release(struct findings *f);

/* Whether f is something its rule may say: kind's fields sane, subject "kind:code", period in form,
 * marks of the rule, texts UTF-8 and bounded, days within 1990-2200 or none. The sentence of a
 * refusal names rule and subject. */
int finding_check(const struct finding *f, const struct rule_info *rule, struct err *e);

/* The keys (rule, subject, period) seen in one run: each may come once. Zeroed by the caller. */
struct finding_keys {
	uint64_t *slots;
	size_t size, count;
};
/* False if a finding of the same key was added before. */
bool finding_keys_add(struct finding_keys *k, const struct finding *f);
bool finding_keys_has(const struct finding_keys *k, const struct finding *f);
void finding_keys_reserve(struct finding_keys *k, size_t count); /* before the first, where their number is known */
void finding_keys_release(struct finding_keys *k);

#endif
