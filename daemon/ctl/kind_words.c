/*
 * kind_words.c: see kind_words.h. Everything printed comes from the rows of
 * register/kinds.h, so that a column added there is told here.
 */
#include "ctl/kind_words.h"

#include "base/mem.h"
#include "ctl/command.h"

enum { NAME_WIDTH = 24 };

const struct kind *kind_asked(const char *name)
{
	const struct kind *k = kind_named(name);
	if (k)
		return k;
	struct buf all = {0};
	for (size_t i = 0; (k = kind_at(i)); i++)
		buf_addf(&all, "%s%s", i ? ", " : "", k->name);
	ctl_fail(CTL_USAGE, "\"%.40s\" is no kind of register file; allowed: %s", name, all.s);
	buf_release(&all);
	return NULL;
}

void kinds_print(FILE *out)
{
	const struct kind *k;
	for (size_t i = 0; (k = kind_at(i)); i++)
		fprintf(out, "  %-*s%s\n", NAME_WIDTH, k->name, k->label);
}

static void print_words(const struct column *c, FILE *out)
{
	fputs("one of ", out);
	for (size_t i = 0; c->words[i]; i++)
		fprintf(out, "%s%s (%s)", i ? ", " : "", c->words[i], c->word_labels[i]);
}

/* Where the text of a reference is looked up. */
static void print_reference(const struct column *c, FILE *out)
{
	bool in_plan = strcmp(c->ref, "duty") == 0 || strcmp(c->ref, "target") == 0 ||
		       strcmp(c->ref, "task") == 0;
	if (in_plan)
		fprintf(out, "a %s of the plan (langnghectl plan)", c->ref);
	else
		fprintf(out, "the key of a row of %s", c->ref);
}

static void print_type(const struct column *c, FILE *out)
{
	switch (c->type) {
	case COLUMN_TEXT:
		fputs("text", out);
		break;
	case COLUMN_INT:
		fprintf(out, "whole number, %lld to %lld", (long long)c->min, (long long)c->max);
		break;
	case COLUMN_NUMBER:
		fputs("number", out);
		break;
	case COLUMN_DAY:
		fputs("date, 2026-12-04 or 04/12/2026", out);
		break;
	case COLUMN_BOOL:
		fputs("yes or no (có, không, x, 1, 0)", out);
		break;
	case COLUMN_WORD:
		print_words(c, out);
		break;
	case COLUMN_PERIOD:
		fputs("period: 2026, 2026-Q3, 2026-H1, 2026-07 or once", out);
		break;
	case COLUMN_REF:
		print_reference(c, out);
		break;
	case COLUMN_REFS:
		print_reference(c, out);
		fputs("; several joined with |", out);
		break;
	case COLUMN_PLACE:
		fprintf(out, "code or unique name of a commune, ward or district%s",
			strcmp(c->ref, "place") == 0 ? ", or of the province" : "");
		break;
	}
}

void kind_print(const struct kind *k, FILE *out)
{
	fprintf(out, "columns of %s (%s); * key, ! must be there on a new row:\n", k->name,
		k->label);
	for (size_t i = 0; i < k->column_count; i++) {
		const struct column *c = &k->columns[i];
		const char *mark = c->key ? "*" : c->required ? "!" : "";
		int width = (int)(strlen(c->name) + strlen(mark));
		fprintf(out, "  %s%s%*s", c->name, mark,
			width < NAME_WIDTH ? NAME_WIDTH - width : 1, "");
		print_type(c, out);
		fprintf(out, " - %s\n", c->label);
	}
	if (k->coded)
		fputs("An empty code is assigned and told.\n", out);
	fputs("An empty cell or an absent column leaves what is known; ? makes it unknown.\n", out);
}
