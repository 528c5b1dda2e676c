/*
 * test_letters.c: letters as a whole: previews and receipts, facts that are not
 * there, text from outside, the same bytes twice, rehearsals.
 */
#include "mail_read.h"

#include "mail/preview.h"

/* The outbox lists the letter with its subject and gives it back for reading. */
static void check_outbox(const struct letter *l, int64_t number)
{
	struct err e = {0};
	struct table *t = NULL;
	char *text = NULL, *listing = NULL;
	size_t size;
	assert_int_equal(store_begin(s.w.store, &e), 0);
	assert_int_equal(outbox_queue(s.w.store, l, &s.digest, number, s.now, false, &e), 0);
	assert_int_equal(store_commit(s.w.store, &e), 0);
	assert_int_equal(outbox_table(s.w.store, NULL, 7 * 3600, &t, &e), 0);
	FILE *out = open_memstream(&listing, &size);
	table_json(t, out);
	fclose(out);
	table_free(t);
	json_t *rows = json_loads(listing, 0, NULL);
	assert_string_equal(text_in(json_array_get(rows, 0), "subject_line"), l->subject);
	/* The keys that were there before keep their places: the new one is the last. */
	assert_non_null(strstr(strstr(listing, "\"sent_at\""), "\"subject_line\""));
	json_decref(rows);
	free(listing);

	assert_int_equal(message_read(l->bytes, l->size, &text, &e), 0);
	char *subject = xasprintf("\nSubject: %s\n", l->subject);
	if (!strstr(text, subject))
		fail_msg("not the subject \"%s\":\n%s", l->subject, text);
	assert_int_equal(strncmp(text, "From: ", 6), 0);
	assert_non_null(strstr(text, "\nTo: "));
	assert_non_null(strstr(text, "\nDate: Mon, 07 Dec 2026 "));
	assert_non_null(strstr(text, "\n\n*** DỮ LIỆU MÔ PHỎNG ***\n"));
	assert_null(strchr(text, '\r'));
	assert_null(strstr(text, "<p"));
	free(subject);
	free(text);
	assert_int_equal(message_read("nothing\r\n", 9, &text, &e), -1);
}

/* The administrator's look ahead: each letter with what it holds. */
static void test_preview(void **state)
{
	(void)state;
	struct err e = {0};
	struct letter l = {0};
	sample_digest(&s, "so-nnmt", day_from_civil(2026, 12, 7));
	add_overview(9);
	struct digest three[3] = {s.digest, s.digest, s.digest};
	three[1].items = s.items;
	struct item *i = add_duty(&s, "unit-report", "so-khcn", day_from_civil(2026, 12, 4));
	i->summary = "Báo cáo năm 2026: quá hạn 4 ngày";
	three[1].item_count = 1;
	three[2].unit = unit_by_code(s.w.units, "so-khcn");
	three[2].item_count = 1;
	three[2].overview_count = 0;
	struct digests digests = {.items = three, .count = 3};
	struct moment sending = {day_from_civil(2026, 12, 8), 8 * 3600};
	s.now.second = 16 * 3600;
	assert_int_equal(
		preview_compose(&l, &s.w, s.t, &digests, s.now, sending, 13, "secret", &e), 0);
	assert_int_equal(strncmp(l.subject, "[DỮ LIỆU MÔ PHỎNG][Làng nghề][Xem trước] 3 thư",
				 strlen("[DỮ LIỆU MÔ PHỎNG][Làng nghề][Xem trước] 3 thư")),
		0);
	json_t *o = read_back(&l, "preview");
	assert_silent(o, "text", "0 nội dung");
	assert_says(o, "text", "Sở Nông nghiệp và Môi trường: bảng tổng hợp");
	assert_says(o, "text", "1 nội dung và bảng tổng hợp; nặng nhất: Báo");
	assert_says(o, "text", "Sở Khoa học và Công nghệ: 1 nội dung; nặng nhất: Báo cáo");
	assert_says(o, "html", ">bảng tổng hợp<");
	assert_says(o, "html", "DỮ LIỆU MÔ PHỎNG");
	json_decref(o);
	check_outbox(&l, 13);
	letter_release(&l);
	s.now.second = 8 * 3600;
}

static void test_receipt(void **state)
{
	(void)state;
	sample_digest(&s, "so-khcn", day_from_civil(2026, 12, 2));
	struct item *i = add_duty(&s, "unit-report", "so-khcn", day_from_civil(2026, 12, 4));
	i->status = STATUS_DONE;
	facts(i)->done_on = day_from_civil(2026, 12, 1);
	s.digest.kind = LETTER_RECEIPT;
	s.digest.submission_no = "152/BC-SKHCN";
	json_t *o = letter_of("receipt");
	assert_says(o, "subject", "[Đã ghi nhận]");
	assert_says(o, "text", "152/BC-SKHCN");
	assert_says(o, "text", "đúng hạn");
	json_decref(o);
}

/* Every kind, once with the facts a finding always has and nothing else, once without its finding.
 */
static void test_bare(void **state)
{
	(void)state;
	static const enum status statuses[] = {STATUS_NOT_DUE, STATUS_DUE_SOON, STATUS_DUE_TODAY,
		STATUS_OVERDUE, STATUS_LAPSED, STATUS_AT_RISK, STATUS_SHORT, STATUS_MISSED,
		STATUS_MISSING, STATUS_EXPIRING, STATUS_EXPIRED, STATUS_UNKNOWN, STATUS_DONE,
		STATUS_MET, STATUS_IN_ORDER};
	static const char *const steps[] = {"before-7", "lost", "resolved", "inherited"};
	for (size_t k = 0; k < sizeof statuses / sizeof *statuses; k++) {
		for (int rule = 0; rule < 5; rule++) {
			sample_digest(&s, "xa-16147", day_from_civil(2026, 12, 1));
			for (size_t n = 0; n < 4; n++)
				for (int bare = 0; bare < 2; bare++) {
					struct item *i = add_item(&s, "village:TH-0001", NULL, rule,
						statuses[k], URGENCY_MISSING, ROLE_PLACE);
					snprintf(i->step.name, sizeof i->step.name, "%s", steps[n]);
					if (bare)
						i->judged = NULL;
				}
			struct letter l;
			compose(&l);
			if (!strstr(l.subject, "[Làng nghề]["))
				fail_msg(
					"%s, rule %d: %s", status_vi(statuses[k]), rule, l.subject);
			letter_release(&l);
		}
	}
	sample_digest(&s, "xa-16147", day_from_civil(2026, 12, 1));
	struct letter l;
	compose(&l);
	letter_release(&l);
}

/* Text from outside stays text: no header, no tag, no line of its own. */
static void test_hostile(void **state)
{
	(void)state;
	static const char *const names[] = {"x\r\nBcc: y@z\r\n\r\nbody", "<b>\"x\"</b>&'",
		"=HYPERLINK(\"http://x\")",
		"\xE2\x80\xAE"
		"lật\xFF"
		"\x01",
		"{{key}} {{{raw}}} {{#a}}"};
	sample_digest(&s, "xa-16147", day_from_civil(2026, 12, 1));
	add_villages(&s, 5, ROLE_PLACE, "xa-16147");
	for (int k = 0; k < 5; k++) {
		s.items[k].name = names[k];
		facts(&s.items[k])->detail = names[4 - k];
	}
	facts(&s.items[0])->list = names[0];
	s.changes[0] = (struct change){CHANGE_WORSE, 1, names[0], names[0]};
	s.digest.change_count = 1;
	json_t *o = letter_of("hostile");
	json_t *header_names = json_object_get(o, "header_names");
	size_t k;
	json_t *name;
	json_array_foreach(header_names, k, name)
		assert_string_not_equal(json_string_value(name), "Bcc");
	assert_null(strstr(text_in(o, "html"), "<b>\"x\""));
	assert_says(o, "html", "&lt;b&gt;&quot;x&quot;&lt;/b&gt;&amp;&#39;");
	assert_null(strstr(text_in(o, "text"), "\nBcc:"));
	assert_null(strstr(text_in(o, "text"), "\xE2\x80\xAE"));
	assert_says(o, "text", "{{key}} {{{raw}}}");
	json_decref(o);
}

static void test_same_bytes(void **state)
{
	(void)state;
	sample_digest(&s, "so-nnmt", day_from_civil(2026, 12, 1));
	add_villages(&s, 40, ROLE_LEAD, "xa-16147");
	add_duty(&s, "province-report", "so-nnmt", day_from_civil(2026, 12, 14));
	struct letter a, b;
	compose(&a);
	sleep(1); /* a time of day must not get into the workbook; zip stamps have two seconds */
	compose(&b);
	assert_int_equal(a.size, b.size);
	assert_memory_equal(a.bytes, b.bytes, a.size);
	assert_string_equal(a.message_id, b.message_id);
	assert_non_null(strstr(a.message_id, "12."));
	letter_release(&a);
	letter_release(&b);
}

static void test_rehearsal(void **state)
{
	(void)state;
	sample_digest(&s, "so-khcn", day_from_civil(2026, 11, 23));
	add_duty(&s, "unit-report", "so-khcn", day_from_civil(2026, 12, 4));
	s.w.settings->mail.redirect_to = xstrdup("thu@dien-tap.example");
	json_t *o = letter_of("rehearsal");
	assert_int_equal(json_array_size(json_object_get(o, "to")), 1);
	assert_string_equal(json_string_value(json_array_get(json_object_get(o, "to"), 0)),
		"thu@dien-tap.example");
	assert_says(json_object_get(o, "headers"), "X-Langnghe-Original-To", "lan@khcn.example");
	free(s.w.settings->mail.redirect_to);
	s.w.settings->mail.redirect_to = NULL;
	json_decref(o);

	sample_digest(&s, "so-gddt", day_from_civil(2026, 11, 23));
	add_duty(&s, "unit-report", "so-gddt", day_from_civil(2026, 12, 4));
	struct letter l;
	compose(&l);
	assert_int_equal(l.recipient_count, 0);
	letter_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_receipt),
		cmocka_unit_test(test_preview),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_rehearsal),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
