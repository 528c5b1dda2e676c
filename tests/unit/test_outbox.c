/*
 * test_outbox.c: what surrounds a letter: the template language and its errors,
 * addresses, the life of a letter in the outbox, delivery into a Maildir.
 */
#include "mail_samples.h"

#include "mail/address.h"
#include "mail/message.h"
#include "mail/mustache.h"
#include "mail/transport.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <jansson.h>

static struct sample s;

static int setup(void **state)
{
	(void)state;
	return sample_open(&s);
}

static int teardown(void **state)
{
	(void)state;
	sample_close(&s);
	return 0;
}

static char *rendered(const char *text, const char *view_text, bool html)
{
	struct problems problems = {0};
	struct buf out = {0};
	struct err e;
	struct mustache *m = mustache_parse("t.txt", text, html, 1, &problems);
	assert_non_null(m);
	json_error_t error;
	json_t *view = json_loads(view_text, 0, &error);
	assert_non_null(view);
	assert_int_equal(mustache_render(m, view, NULL, NULL, &out, &e), 0);
	json_decref(view);
	mustache_free(m);
	return buf_take(&out);
}

static void test_mustache(void **state)
{
	(void)state;
	static const struct {
		const char *text, *view, *wanted;
		bool html;
	} cases[] = {
		{"{{a}}", "{\"a\":\"<&\"}", "<&", false},
		{"{{a}} {{{a}}}", "{\"a\":\"<&\"}", "&lt;&amp; <&", true},
		{"{{#l}}[{{.}}]{{/l}}", "{\"l\":[\"x\",2]}", "[x][2]", false},
		{"{{^l}}none{{/l}}", "{\"l\":[]}", "none", false},
		{"{{#o}}{{x.y}}{{/o}}", "{\"o\":{\"x\":{\"y\":7}}}", "7", false},
		{"{{#o}}{{a}}{{/o}}", "{\"a\":1,\"o\":{\"a\":null}}", "", false},
		{"a\n  {{#o}}\nb\n{{/o}}\nc\n", "{\"o\":true}", "a\nb\nc\n", false},
		{"{{! n\n}}x", "{}", "x", false},
		{"{{unknown}}", "{}", "", false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *out = rendered(cases[i].text, cases[i].view, cases[i].html);
		assert_string_equal(out, cases[i].wanted);
		free(out);
	}
	static const struct {
		const char *text, *where;
	} wrong[] = {{"a\n{{#x}}\n", "t.txt:2"}, {"\n\n{{/x}}", "t.txt:3"},
		{"{{#a}}{{/b}}", "t.txt:1"}, {"x\n{{", "t.txt:2"}, {"{{a b}}", "t.txt:1"},
		{"{{}}", "t.txt:1"}, {"{{=<% %>=}}", "t.txt:1"}, {"{{{x}}", "t.txt:1"}};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct problems problems = {0};
		assert_null(mustache_parse("t.txt", wrong[i].text, false, 1, &problems));
		assert_true(problems.count > 0);
		assert_string_equal(problems.items[0].where, wrong[i].where);
		problems_release(&problems);
	}
}

static void put(const char *folder, const char *name, const char *text)
{
	struct err e;
	char *path = file_join(folder, name);
	assert_int_equal(file_write_atomic(path, text, strlen(text), 0644, &e), 0);
	free(path);
}

static void test_template_folder(void **state)
{
	(void)state;
	struct err e;
	struct problems problems = {0};
	struct templates *t = NULL;
	char *folder = file_join(s.folder, "templates");
	assert_int_equal(file_make_dirs(folder, &e), 0);
	put(folder, "letter.txt", "{{> nowhere}}");
	put(folder, "letter.html", "{{#open}}");
	put(folder, "phrases.txt", "mark-ok = có\nmark-ok = có\nno-such = x\nnonsense\n");
	assert_int_equal(templates_load(&t, folder, &problems), -1);
	assert_null(t);
	size_t lines = 0;
	for (size_t i = 0; i < problems.count; i++) {
		lines += strstr(problems.items[i].where, "phrases.txt:2") != NULL;
		lines += strstr(problems.items[i].where, "phrases.txt:3") != NULL;
		lines += strstr(problems.items[i].where, "phrases.txt:4") != NULL;
		lines += strstr(problems.items[i].where, "letter.html:1") != NULL;
	}
	assert_int_equal(lines, 4);
	problems_release(&problems);
	free(folder);
}

static void test_addresses(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "a", "a@", "@b", "a@b@c", "a b@c", "a@b\r\nBcc: x@y",
		"ă@b.vn", "a,b@c", "<a@b>"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(address_is_sound(bad[i]));
	char *name, *email;
	assert_int_equal(address_split("Theo dõi <a@b.example>", &name, &email), 0);
	assert_string_equal(name, "Theo dõi");
	assert_string_equal(email, "a@b.example");
	assert_string_equal(address_domain(email), "b.example");
	free(name);
	free(email);
	assert_int_equal(address_split("nobody", &name, &email), -1);
}

static int64_t queue(const char *unit, struct moment now, bool held)
{
	struct err e;
	int64_t number = 0;
	struct letter l;
	sample_digest(&s, unit, now.day);
	add_duty(&s, "unit-report", unit, now.day + 11);
	s.now = now;
	assert_int_equal(outbox_next_number(s.w.store, &number, &e), 0);
	char *thread = outbox_thread(s.w.store, unit, 2026);
	assert_int_equal(
		compose_letter(&l, &s.digest, &s.w, s.t, number, "secret", thread, now, &e), 0);
	free(thread);
	assert_int_equal(store_begin(s.w.store, &e), 0);
	if (outbox_queue(s.w.store, &l, &s.digest, number, now, held, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(store_commit(s.w.store, &e), 0);
	letter_release(&l);
	return number;
}

static int64_t count_in(const char *delivery)
{
	struct err e;
	struct table *t = NULL;
	assert_int_equal(outbox_table(s.w.store, delivery, 25200, &t, &e), 0);
	int64_t n = (int64_t)table_rows(t);
	table_free(t);
	return n;
}

static void test_outbox(void **state)
{
	(void)state;
	struct err e = {0};
	struct store *store = s.w.store;
	struct moment day1 = {day_from_civil(2026, 11, 23), 28800}, day2 = day1;
	day2.day++;
	int64_t t1 = moment_to_unix(day1, 25200);
	bool renewed;
	int64_t first = queue("so-khcn", day1, false);
	assert_int_equal(count_in("queued"), 2); /* the focal point and the officer */
	struct lease l = {0};
	int64_t next = 0;
	assert_int_equal(outbox_lease(store, t1, 0, &l, &e), 1);
	assert_int_equal(l.letter, first);
	assert_int_equal(l.attempts, 1);
	assert_int_equal(count_in("sending"), 1);
	assert_int_equal(
		outbox_settle(store, &l, DELIVERY_DEFERRED, 450, "later", t1, t1 + 60, &e), 0);
	lease_release(&l);
	assert_int_equal(outbox_lease(store, t1, 0, &l, &e), 1);
	assert_int_equal(outbox_earliest_retry(store, &next, &e), 0);
	assert_int_equal(next, t1 + 60);
	lease_release(&l);
	assert_int_equal(outbox_recover(store, true, 0, &e), 0); /* that post died */
	assert_int_equal(count_in("sending"), 0);

	/* Nobody accepted it: the next sending time withdraws it, and the next letter has a new
	 * number. */
	int withdrawn = 0;
	assert_int_equal(store_begin(store, &e), 0);
	assert_int_equal(outbox_supersede(store, "so-khcn", day1, &withdrawn, &e), 0);
	assert_int_equal(withdrawn, 0); /* its own sending time does not */
	assert_int_equal(outbox_supersede(store, "so-khcn", day2, &withdrawn, &e), 0);
	assert_int_equal(store_commit(store, &e), 0);
	assert_int_equal(withdrawn, 1);
	assert_int_equal(count_in("superseded"), 2);
	assert_int_equal(outbox_last_letter(store, "so-khcn"), DAY_NONE);
	int64_t second = queue("so-khcn", day2, false);
	assert_true(second > first);
	assert_int_equal(outbox_last_letter(store, "so-khcn"), day2.day);

	/* Held: nothing is leased; freed: everything is. */
	assert_int_equal(outbox_hold(store, true, "thử", &e), 0);
	char *reason = NULL;
	assert_true(outbox_is_held(store, &reason));
	assert_string_equal(reason, "thử");
	free(reason);
	assert_int_equal(outbox_lease(store, t1 + 86400, 0, &l, &e), 0);
	/* But for the administrator's letters, which may be about that. */
	int64_t mine = queue("so-khcn", day2, false);
	assert_int_equal(store_exec(store,
				 "UPDATE letter SET unit = '" OUTBOX_ADMIN "'"
				 " WHERE id = (SELECT max(id) FROM letter)",
				 &e),
		0);
	assert_int_equal(outbox_lease(store, t1 + 86400, second, &l, &e), 0);
	for (int i = 0; i < 2; i++) { /* two addresses */
		assert_int_equal(outbox_lease(store, t1 + 86400, 0, &l, &e), 1);
		assert_int_equal(l.letter, mine);
		assert_int_equal(outbox_settle(store, &l, DELIVERY_SENT, 0, NULL, t1, 0, &e), 0);
		lease_release(&l);
	}
	assert_int_equal(outbox_act(store, second, "release", day1, &renewed, &e), -1);
	assert_int_equal(outbox_hold(store, false, NULL, &e), 0);
	assert_int_equal(count_in("queued"), 2);

	/* By hand. */
	assert_int_equal(outbox_act(store, second, "retry", day1, &renewed, &e), -1);
	assert_non_null(strstr(e.text, "queued"));
	assert_int_equal(outbox_act(store, 999, "retry", day1, &renewed, &e), -1);
	assert_int_equal(outbox_act(store, second, "burn", day1, &renewed, &e), -1);
	assert_int_equal(outbox_act(store, second, "discard", day1, &renewed, &e), 0);
	assert_int_equal(count_in("queued"), 0);
	char *bytes = NULL;
	size_t size = 0;
	assert_int_equal(outbox_bytes(store, second, &bytes, &size, &e), 0);
	assert_non_null(strstr(bytes, "References: <"));
	free(bytes);

	/* A unit without an address: kept, failed, and no last letter. */
	int64_t lost = queue("so-gddt", day1, false);
	assert_int_equal(count_in("failed"), 1);
	assert_int_equal(outbox_act(store, lost, "retry", day1, &renewed, &e), -1);
	assert_int_equal(outbox_last_letter(store, "so-gddt"), DAY_NONE);

	/* The last number is not used again, even when its letter is gone. */
	assert_int_equal(store_exec(store, "DELETE FROM letter", &e), 0);
	int64_t number = 0;
	assert_int_equal(outbox_next_number(store, &number, &e), 0);
	assert_int_equal(number, lost + 1);
}

static int files_in(const char *folder, const char *part)
{
	char *command = xasprintf("exit $(ls %s/%s | wc -l)", folder, part);
	int rc = system(command);
	free(command);
	return rc >> 8;
}

static enum send_result deliver(struct mail_transport *t, const struct lease *l)
{
	enum send_result result;
	int code;
	struct err e;
	t->give(t, 0, l);
	assert_int_equal(t->take(t, true, &result, &code, &e), 0);
	assert_int_equal(code, 0);
	return result;
}

static void test_maildir(void **state)
{
	(void)state;
	struct err e;
	struct mail_transport *t = NULL;
	char *folder = file_join(s.folder, "mail");
	assert_int_equal(maildir_open(&t, folder, &e), 0);
	char bytes[] = "Subject: x\r\n\r\nx\r\n";
	struct lease l = {.message_id = (char[]){"12.ab@so.example"},
		.bytes = bytes,
		.size = sizeof bytes - 1};
	assert_int_equal(deliver(t, &l), SEND_OK);
	assert_int_equal(deliver(t, &l), SEND_OK);
	assert_int_equal(files_in(folder, "new"), 1);
	assert_int_equal(files_in(folder, "tmp"), 0);
	char *command = xasprintf("mv %s/new/* %s/cur/12.ab.so.example:2,S", folder, folder);
	assert_int_equal(system(command), 0);
	assert_int_equal(deliver(t, &l), SEND_OK);
	assert_int_equal(files_in(folder, "new"), 0); /* the client has it already */
	transport_close(t);
	free(command);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mustache),
		cmocka_unit_test(test_template_folder),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_outbox),
		cmocka_unit_test(test_maildir),
	};
	return cmocka_run_group_tests_name("outbox", tests, setup, teardown);
}
