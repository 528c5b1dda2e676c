/*
 * abi.h: how large the structs of plugins/langnghe_plugin.h were in the first
 * release of interface 1. A plugin's struct may be larger (a field that we do not
 * know is not looked at) but never smaller. These numbers never change.
 */
#ifndef RULES_ABI_H
#define RULES_ABI_H

#include "langnghe_plugin.h"

#include <assert.h>

/* The size of a struct that ends with this member. */
#define ABI_UP_TO(type, member) (offsetof(type, member) + sizeof(((type *)0)->member))

enum {
	ABI_PLUGIN_LEAST = ABI_UP_TO(struct ln_plugin, destroy),
	ABI_RULE_LEAST = ABI_UP_TO(struct ln_rule_row, field),
	/* severity came before the release, after some were built. Four bytes of padding follow it on 64-bit machines: a
	 * member that were to come next must not lie in them, for no plugin of today sets them. */
	ABI_MARK_LEAST = ABI_UP_TO(struct ln_mark_row, clause),
	ABI_SETTING_LEAST = ABI_UP_TO(struct ln_setting_row, help),
	ABI_FINDING_LEAST = ABI_UP_TO(struct ln_finding, list),
	ABI_TARGET_LEAST = ABI_UP_TO(struct ln_target, unit),
	ABI_DEBTOR_LEAST = ABI_UP_TO(struct ln_debtor, extension_no)
};

#if defined __LP64__
static_assert(ABI_PLUGIN_LEAST == 96 && ABI_RULE_LEAST == 104 && ABI_MARK_LEAST == 48 && ABI_SETTING_LEAST == 64 &&
		      ABI_FINDING_LEAST == 192 && ABI_TARGET_LEAST == 48 && ABI_DEBTOR_LEAST == 40,
	"a struct of the first release was changed: fields are only added at the end");
static_assert(sizeof(struct ln_mark) == 32, "struct ln_mark has no size of its own: it never changes");
static_assert(sizeof(struct ln_value) == 24, "struct ln_value has no size of its own: it never changes");
#endif

#endif
