/*
 * compose.c: puts a letter together: whom it goes to, its subject, text and HTML
 * from the templates, its attachments, its Message-ID; and hands the bytes back.
 */
#include "mail/compose.h"

#include "base/text.h"
#include "mail/address.h"
#include "mail/draft.h"
#include "mail/message.h"

#include <sodium.h>

enum {
	SUBJECT_MOST = 80, /* characters, the data label not counted */
	ITEM_IDS_MOST = 200,
	CONTACTS_MOST = 32
};

/* Adds the contact unless its address is there already or is none. */
static void add_recipient(
	const struct contact *c, struct arena *a, struct recipient *out, size_t *n)
{
	if (*n == CONTACTS_MOST || !address_is_sound(c->email))
		return;
	for (size_t i = 0; i < *n; i++)
		if (strcasecmp(out[i].email, c->email) == 0)
			return;
	const char *name = c->name && *c->name ? clean_line(a, c->name) : NULL;
	out[(*n)++] = (struct recipient){arena_strdup(a, c->email), name};
}

/* The field of an item's matter: its rule's; NULL gives "all". */
static const char *field_of(const struct item *i)
{
	const char *field = i->judged && i->judged->rule ? i->judged->rule->field : NULL;
	return field ? field : "all";
}

static bool lives_on(const struct contact *c, int32_t day)
{
	return (c->valid_from == DAY_NONE || c->valid_from <= day) &&
	       (c->valid_to == DAY_NONE || c->valid_to >= day);
}

size_t compose_recipients(
	const struct digest *d, const struct world *w, struct arena *a, struct recipient **out)
{
	struct recipient *found = arena_alloc(a, CONTACTS_MOST * sizeof *found);
	const struct contact *contacts[CONTACTS_MOST];
	size_t n = 0;
	for (size_t i = 0; i < d->item_count || i == 0; i++) {
		const char *field = d->item_count ? field_of(&d->items[i]) : "all";
		size_t got =
			unit_contacts(w->units, d->unit, field, d->day, contacts, CONTACTS_MOST);
		for (size_t k = 0; k < got; k++)
			add_recipient(contacts[k], a, found, &n);
	}
	/* Nobody for these fields: anybody of the house rather than silence. */
	for (size_t i = 0; n == 0 && i < units_contact_count(w->units); i++) {
		const struct contact *c = units_contact_at(w->units, i);
		if (c->unit == d->unit && lives_on(c, d->day))
			add_recipient(c, a, found, &n);
	}
	*out = found;
	return n;
}

static char *join_addresses(const struct recipient *r, size_t n)
{
	struct buf b = {0};
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s%s", i ? ", " : "", r[i].email);
	return buf_take(&b);
}

static char *item_ids(const struct digest *d)
{
	struct buf b = {0};
	if (d->item_count > ITEM_IDS_MOST)
		buf_addf(&b, "count %zu", d->item_count);
	for (size_t i = 0; i < d->item_count && d->item_count <= ITEM_IDS_MOST; i++)
		buf_addf(&b, "%s%lld", i ? " " : "", (long long)d->items[i].alert);
	if (b.len == 0)
		buf_add(&b, "none");
	return buf_take(&b);
}

static char *item_steps(const struct digest *d)
{
	struct buf b = {0};
	for (size_t i = 0; i < d->item_count; i++)
		buf_addf(&b, "%s%s %s", i ? ";" : "", d->items[i].key, d->items[i].step.name);
	return buf_take(&b);
}

/* "123.9f86d081884c7d65@so.example": the number, and a mark that only this installation can make.
 */
char *compose_message_id(int64_t number, const char *secret, const char *from)
{
	unsigned char key[crypto_generichash_BYTES], mark[crypto_auth_hmacsha256_BYTES];
	char text[24], hex[17];
	crypto_generichash(key, sizeof key, (const unsigned char *)secret, strlen(secret), NULL, 0);
	snprintf(text, sizeof text, "%lld", (long long)number);
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, key, sizeof key);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, strlen(text));
	crypto_auth_hmacsha256_final(&state, mark);
	sodium_bin2hex(hex, sizeof hex, mark, 8);
	return xasprintf("%s.%s@%s", text, hex, address_domain(from));
}

static size_t characters(const char *s)
{
	size_t n = 0;
	for (; *s; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

/* The text without its last `over` characters, ended at a word: "Báo cáo tình hình…". */
static char *shortened(const char *s, size_t over)
{
	size_t keep = characters(s);
	keep = keep > over + 12 ? keep - over - 1 : 11;
	size_t end = 0, word = 0, n = 0;
	for (; s[end]; end++) {
		n += ((unsigned char)s[end] & 0xC0) != 0x80;
		if (n > keep)
			break;
		if (s[end] == ' ')
			word = end;
	}
	end = word ? word : end;
	/* Better at the end of a phrase, where that costs little. */
	for (size_t i = end; i > end * 6 / 10; i--)
		if (s[i - 1] == ',' || s[i - 1] == ';') {
			end = i;
			break;
		}
	while (end > 0 && strchr(" ,;:(", s[end - 1]))
		end--;
	return xasprintf("%.*s…", (int)end, s);
}

static int render_subject(struct draft *d, const json_t *view, char **out, struct err *e)
{
	struct buf b = {0};
	int rc = template_render(d->templates, TEMPLATE_SUBJECT, false, view, &b, e);
	if (rc == 0)
		*out = text_nfc(b.len ? clean_line(&d->arena, b.s) : "", true);
	buf_release(&b);
	return rc;
}

/* The name in the subject that may be cut: the matter's title, or what is lacking. *holder and *key
 * say where in the view it stands. NULL: none of them is in the subject. */
static const char *name_in_subject(
	const json_t *view, const char *subject, json_t **holder, const char **key)
{
	json_t *block = json_object_get(view, "main");
	const struct {
		json_t *holder;
		const char *key;
	} names[] = {
		{block, "title"}, {block, "one_lack"}, {json_object_get(block, "top"), "lacks"}};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *name =
			json_string_value(json_object_get(names[i].holder, names[i].key));
		if (!name || !*name || !strstr(subject, name))
			continue;
		*holder = names[i].holder;
		*key = names[i].key;
		return name;
	}
	return NULL;
}

/* Where the subject is too long, the name of its matter is cut, never the number of days. */
static int make_subject(struct draft *d, json_t *view, char **out, struct err *e)
{
	const char *label = d->world->settings->data_label, *key = NULL;
	size_t most = SUBJECT_MOST + (label ? characters(label) + 2 : 0);
	json_t *holder = NULL;
	if (render_subject(d, view, out, e) < 0)
		return -1;
	const char *name = name_in_subject(view, *out, &holder, &key);
	if (characters(*out) <= most || !name)
		return 0;
	char *kept = xstrdup(name), *cut = shortened(name, characters(*out) - most);
	free(*out);
	*out = NULL;
	view_text(d, holder, key, cut);
	int rc = render_subject(d, view, out, e);
	view_text(d, holder, key, kept);
	free(kept);
	free(cut);
	return rc;
}

/* Lines lose their trailing blanks; runs of empty lines become one. */
static char *tidy(const char *s)
{
	struct buf b = {0};
	size_t empty = 1;
	while (*s) {
		size_t n = strcspn(s, "\n"), kept = n;
		while (kept > 0 &&
			(s[kept - 1] == ' ' || s[kept - 1] == '\t' || s[kept - 1] == '\r'))
			kept--;
		empty = kept ? 0 : empty + 1;
		if (empty < 2) {
			buf_add_n(&b, s, kept);
			buf_add(&b, "\n");
		}
		s += n + (s[n] == '\n');
	}
	return buf_take(&b);
}

/* All that compose_letter makes on the way and releases at its end. */
struct work {
	struct draft draft;
	json_t *view;
	struct buf text, html;
	char *lists, *calendar, *plain;
	size_t lists_size;
	char *from_name, *from, *original_to, *items;
	struct attachment attachments[2];
	size_t attachment_count;
};

static void work_release(struct work *k)
{
	json_decref(k->view);
	buf_release(&k->text);
	buf_release(&k->html);
	free(k->lists);
	free(k->calendar);
	free(k->plain);
	free(k->from_name);
	free(k->from);
	free(k->original_to);
	free(k->items);
	draft_release(&k->draft);
}

static int make_attachments(struct work *k, struct err *e)
{
	struct draft *d = &k->draft;
	if (d->digest->kind == LETTER_RECEIPT)
		return 0;
	if (draft_has_lists(d)) {
		if (lists_make(d, &k->lists, &k->lists_size, e) < 0)
			return -1;
		d->list_file = phrase_text(d->templates, PHRASE_SHEET_FILE, NULL, &d->arena);
		k->attachments[k->attachment_count++] = (struct attachment){.name = d->list_file,
			.type = "application",
			.subtype = "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
			.bytes = k->lists,
			.size = k->lists_size};
	}
	k->calendar = calendar_make(d, address_domain(k->from));
	if (k->calendar) {
		d->calendar_file = phrase_text(d->templates, PHRASE_CALENDAR_FILE, NULL, &d->arena);
		k->attachments[k->attachment_count++] =
			(struct attachment){.name = d->calendar_file,
				.type = "text",
				.subtype = "calendar",
				.parameter = "charset",
				.parameter_value = "utf-8",
				.bytes = k->calendar,
				.size = strlen(k->calendar)};
	}
	return 0;
}

static int make_texts(struct work *k, char **subject, struct err *e)
{
	struct draft *d = &k->draft;
	const char *name = d->digest->kind == LETTER_RECEIPT ? TEMPLATE_RECEIPT : TEMPLATE_LETTER;
	k->view = view_letter(d);
	bool receipt = d->digest->kind == LETTER_RECEIPT;
	json_object_set_new(k->view, "is_receipt", json_boolean(receipt));
	if (template_render(d->templates, name, false, k->view, &k->text, e) < 0 ||
		template_render(d->templates, name, true, k->view, &k->html, e) < 0)
		return -1;
	k->plain = tidy(k->text.len ? k->text.s : "");
	return make_subject(d, k->view, subject, e);
}

/* settings.mail.redirect_to: a rehearsal, every letter to one address. */
static void take_recipients(
	struct letter *out, struct work *k, const struct recipient *real, size_t n)
{
	const char *redirect = k->draft.world->settings->mail.redirect_to;
	if (n > 0 && redirect) {
		k->original_to = join_addresses(real, n);
		out->recipients = xcalloc(1, sizeof *out->recipients);
		out->recipients[0].email = xstrdup(redirect);
		out->recipient_count = 1;
		return;
	}
	out->recipients = xcalloc(n + 1, sizeof *out->recipients);
	for (size_t i = 0; i < n; i++)
		out->recipients[i] =
			(struct recipient){xstrdup(real[i].email), xstrdup(real[i].name)};
	out->recipient_count = n;
}

static int make_bytes(struct letter *out, struct work *k, const char *thread, struct err *e)
{
	const struct draft *d = &k->draft;
	const struct settings *s = d->world->settings;
	struct message m = {
		.from_name = k->from_name,
		.from = k->from,
		.reply_to = s->mail.reply_to,
		.to = out->recipients,
		.to_count = out->recipient_count,
		.original_to = k->original_to,
		.subject = out->subject,
		.message_id = out->message_id,
		.thread = thread,
		.unit = d->digest->unit->code,
		.items = k->items,
		.simulated = s->data_label != NULL,
		.date = d->now,
		.utc_offset_s = s->utc_offset_s,
		.text = k->plain,
		.html = k->html.len ? k->html.s : "",
		.attachments = k->attachments,
		.attachment_count = k->attachment_count,
	};
	return message_make(&m, &out->bytes, &out->size, e);
}

static int compose(struct letter *out, struct work *k, int64_t number, const char *secret,
	const char *thread, struct err *e)
{
	struct draft *d = &k->draft;
	const struct digest *g = d->digest;
	const struct settings *settings = d->world->settings;
	const char *from = settings->mail.from ? settings->mail.from : settings->mail.reply_to;
	if (address_split(from, &k->from_name, &k->from) < 0)
		return err_set(e,
			"mail.from '%s' is no address: write name@domain or Name <name@domain>",
			from);
	if (!k->from_name)
		k->from_name =
			xstrdup(phrase_text(d->templates, PHRASE_FROM_NAME, NULL, &d->arena));
	struct recipient *real;
	size_t n = compose_recipients(g, d->world, &d->arena, &real);
	take_recipients(out, k, real, n);
	out->message_id = compose_message_id(number, secret, k->from);
	out->steps = item_steps(g);
	out->items = g->item_count;
	out->worst = xstrdup(urgency_name(g->item_count ? g->items[0].urgency : URGENCY_NEWS));
	k->items = item_ids(g);
	if (make_attachments(k, e) < 0 || make_texts(k, &out->subject, e) < 0)
		return -1;
	return make_bytes(out, k, thread, e);
}

int compose_letter(struct letter *out, const struct digest *d, const struct world *w,
	const struct templates *t, int64_t number, const char *secret, const char *thread,
	struct moment now, struct err *e)
{
	struct work k = {0};
	struct letter letter = {0};
	if (sodium_init() < 0)
		return err_set(e, "libsodium could not be started");
	draft_init(&k.draft, d, w, t, now);
	int rc = compose(&letter, &k, number, secret, thread, e);
	work_release(&k);
	if (rc < 0) {
		letter_release(&letter);
		return err_prefix(e, "letter to %s", d->unit->code);
	}
	*out = letter;
	return 0;
}

void letter_release(struct letter *l)
{
	for (size_t i = 0; i < l->recipient_count; i++) {
		free((char *)l->recipients[i].email);
		free((char *)l->recipients[i].name);
	}
	free(l->recipients);
	free(l->bytes);
	free(l->message_id);
	free(l->subject);
	free(l->worst);
	free(l->steps);
	*l = (struct letter){0};
}
