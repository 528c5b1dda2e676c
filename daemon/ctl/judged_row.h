/*
 * judged_row.h: a judged finding as cells of a listing: the columns that
 * several listings share are filled here and nowhere else.
 */
#ifndef CTL_JUDGED_ROW_H
#define CTL_JUDGED_ROW_H

#include "base/mem.h"
#include "base/table.h"
#include "rules/judge.h"

const char *kind_word(enum ln_kind kind); /* due short missing expiry */
const char *severity_word(enum ln_severity severity); /* notice warning legal */

/* Whether this is bad news for --exit-code: overdue, lapsed, short, missed, missing, expired. */
bool is_bad_news(enum status s);

/* Shares are shown in hundredths ("%", "%/năm"): what n/d is multiplied with. */
int64_t measure_scale(const char *measure);

/* value, target_value, comparator, measure, numerator, denominator, unknown_count, range_low,
 * range_high, figures_on; g may be NULL (nothing reported): the target's own cells only. Ratios are
 * in the target's measure. */
void row_target(struct table *t, const struct target *target, const struct judged *g);

/* Marks in these states joined with '|' (b->s stays NULL when there are none). */
void marks_joined(struct buf *b, const struct finding *f, bool lacking);

#endif
