/*
 * test_base.c: days, the lunar calendar, Vietnamese text and numbers, tables,
 * files. Tables of cases: what goes in, what must come out.
 */
#include "base/control.h"
#include "base/day.h"
#include "base/file.h"
#include "base/lunar.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utf8proc.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void test_days(void **state)
{
	(void)state;
	assert_int_equal(day_from_civil(1970, 1, 1), 0);
	assert_int_equal(day_from_civil(2000, 3, 1), 11017);
	assert_int_equal(day_weekday(day_from_civil(2026, 12, 4)), 5);
	assert_int_equal(day_weekday(day_from_civil(1969, 12, 28)), 7);
	int32_t expected = day_from_civil(1900, 1, 1);
	for (int year = 1900; year <= 2200; year++)
		for (int month = 1; month <= 12; month++)
			for (int d = 1; d <= 31; d++) {
				int32_t day = day_from_civil(year, month, d);
				if (day == DAY_NONE)
					continue;
				assert_int_equal(day, expected++);
				struct civil c = day_to_civil(day);
				assert_true(c.year == year && c.month == month && c.day == d);
			}
	assert_int_equal(day_from_civil(2025, 2, 29), DAY_NONE);
	assert_int_equal(day_from_civil(1900, 2, 29), DAY_NONE);
	assert_int_equal(day_from_civil(2201, 1, 1), DAY_NONE);
	assert_int_equal(day_from_civil(2026, 13, 1), DAY_NONE);
	day_to_civil(DAY_NONE);
	day_to_civil(INT32_MAX);
}

static void test_day_add_months(void **state)
{
	(void)state;
	int32_t day = day_from_civil(2025, 1, 31);
	assert_int_equal(day_add_months(day, 1), day_from_civil(2025, 2, 28));
	assert_int_equal(day_add_months(day, 36), day_from_civil(2028, 1, 31));
	assert_int_equal(day_add_months(day, -2), day_from_civil(2024, 11, 30));
	assert_int_equal(day_add_months(day_from_civil(2200, 12, 1), 1), DAY_NONE);
}

static void test_day_text(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool iso, any;
	} cases[] = {
		{"2026-12-04", true, true},
		{"04/12/2026", false, true},
		{"4/12/2026", false, true},
		{"2026-12-4", false, false},
		{"2026-12-04 ", false, false},
		{"", false, false},
		{"2026-02-30", false, false},
		{"31/4/2026", false, false},
		{"4/12/26", false, false},
		{"12/2026", false, false},
		{"2026/12/04", false, false},
		{"04/12/2026x", false, false},
	};
	char out[DAY_TEXT];
	for (size_t i = 0; i < COUNT(cases); i++) {
		int32_t day = 1;
		assert_int_equal(day_parse_iso(cases[i].text, &day), cases[i].iso ? 0 : -1);
		assert_int_equal(day_parse_any(cases[i].text, &day), cases[i].any ? 0 : -1);
		assert_int_equal(day, cases[i].any ? day_from_civil(2026, 12, 4) : 1);
	}
	assert_string_equal(day_iso(day_from_civil(2026, 12, 4), out), "2026-12-04");
	assert_string_equal(day_vi(day_from_civil(2026, 12, 4), out), "04/12/2026");
	assert_string_equal(day_vi(DAY_NONE, out), "");
	assert_string_equal(day_weekday_vi(day_from_civil(2026, 12, 4)), "thứ Sáu");
	assert_string_equal(day_weekday_vi(day_from_civil(2025, 12, 14)), "Chủ nhật");
}

static void test_moments(void **state)
{
	(void)state;
	enum { VN = 7 * 3600 };
	struct moment m;
	char out[MOMENT_TEXT];
	assert_int_equal(moment_parse("2026-11-20T07:59:00+07:00", VN, &m), 0);
	assert_int_equal(m.second, 7 * 3600 + 59 * 60);
	assert_int_equal(moment_to_unix(m, VN), 1795136340);
	assert_string_equal(moment_iso(m, VN, out), "2026-11-20T07:59:00+07:00");
	assert_int_equal(moment_parse("2026-11-20T07:59", VN, &m), 0);
	assert_int_equal(moment_to_unix(m, VN), 1795136340);
	assert_int_equal(moment_parse("2026-11-19T20:00:00Z", VN, &m), 0);
	assert_string_equal(moment_iso(m, VN, out), "2026-11-20T03:00:00+07:00");
	m = moment_from_unix(-1, 0);
	assert_true(m.day == -1 && m.second == 86399);
	static const char *const bad[] = {"2026-11-20", "2026-11-20T24:00", "2026-11-20T07:60",
		"2026-11-20T07:59:00+7", "2026-11-20T07:59:00+07:00 ", "2026-11-20T7:59"};
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(moment_parse(bad[i], VN, &m), -1);
	char hm[6];
	assert_string_equal(moment_hm(8 * 3600 + 5 * 60, hm), "08:05");
	struct moment a = {1, 5}, b = {2, 0};
	assert_true(moment_compare(a, b) < 0 && moment_compare(b, a) > 0 && !moment_compare(a, a));
}

static void test_lunar(void **state)
{
	(void)state;
	static const char *const new_years[] = {"1900-01-31", "1945-02-13", "1968-01-29",
		"1975-02-11", "1976-01-31", "1985-01-21", "2000-02-05", "2007-02-17", "2015-02-19",
		"2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29",
		"2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-02", "2050-01-23",
		"2100-02-09"};
	static const char *const kings[] = {
		"2025-04-07", "2026-04-26", "2027-04-16", "2028-04-04", "2029-04-23", "2030-04-12"};
	char out[DAY_TEXT];
	for (size_t i = 0; i < COUNT(new_years); i++) {
		int32_t day;
		assert_int_equal(day_parse_iso(new_years[i], &day), 0);
		assert_string_equal(day_iso(lunar_new_year(day_year(day)), out), new_years[i]);
	}
	for (size_t i = 0; i < COUNT(kings); i++) {
		int32_t day;
		assert_int_equal(day_parse_iso(kings[i], &day), 0);
		assert_string_equal(day_iso(lunar_to_solar(10, 3, day_year(day)), out), kings[i]);
	}
	/* Every year begins in season and has twelve or thirteen months. */
	for (int year = 1900; year < 2100; year++) {
		int32_t first = lunar_new_year(year), length = lunar_new_year(year + 1) - first;
		int32_t from_january = first - day_from_civil(year, 1, 1);
		assert_in_range(from_january, 19, 51);
		assert_true((length >= 353 && length <= 355) || (length >= 383 && length <= 385));
	}
}

static void test_numbers_written(void **state)
{
	(void)state;
	char out[NUMBER_TEXT];
	assert_string_equal(text_int_vi(0, out), "0");
	assert_string_equal(text_int_vi(6417, out), "6.417");
	assert_string_equal(text_int_vi(-1234567, out), "-1.234.567");
	assert_string_equal(text_int_vi(INT64_MIN, out), "-9.223.372.036.854.775.808");
	static const struct {
		int64_t n, d;
		int decimals;
		const char *percent, *ratio;
	} cases[] = {
		{7996, 10000, 1, "79,9", "0,7"},
		{799999, 1000000, 2, "79,99", "0,79"},
		{4, 5, 1, "80", "0,8"},
		{801, 1000, 1, "80,1", "0,8"},
		{1, 3, 2, "33,33", "0,33"},
		{999, 1000, 0, "99", "0"},
		{15, 10, 1, "150", "1,5"},
		{1, 1000, 3, "0,1", "0,001"},
		{-1, 3, 1, "-33,4", "-0,4"},
		{0, 7, 1, "0", "0"},
		{1234567, 10, 2, "12.345.670", "123.456,7"},
		{INT64_MAX / 100, INT64_MAX, 2, "0,99", "0"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		text_percent_vi(cases[i].n, cases[i].d, cases[i].decimals, out);
		assert_string_equal(out, cases[i].percent);
		text_ratio_vi(cases[i].n, cases[i].d, cases[i].decimals, out);
		assert_string_equal(out, cases[i].ratio);
	}
	/* What is below a bound is never shown as having reached it. */
	for (int64_t d = 1; d < 400; d++)
		for (int64_t n = 0; n <= d; n++) {
			text_percent_vi(n, d, 1, out);
			assert_true(100 * n >= 80 * d || strtol(out, NULL, 10) < 80);
			assert_true(n == d || strcmp(out, "100") != 0);
		}
}

static void test_numbers_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int rc;
		int64_t n, d;
	} cases[] = {
		{"1.234,5", 0, 12345, 10},
		{"1234.5", 0, 12345, 10},
		{"1 234", 0, 1234, 1},
		{"1 234,50", 0, 12345, 10},
		{"1.234.567", 0, 1234567, 1},
		{"1,234,567", 0, 1234567, 1},
		{"1,234.5", 0, 12345, 10},
		{" 42 ", 0, 42, 1},
		{"-3,5", 0, -35, 10},
		{"+7", 0, 7, 1},
		{"0,125", 0, 125, 1000},
		{"0.125", 0, 125, 1000},
		{"1234,567", 0, 1234567, 1000},
		{"80,00", 0, 80, 1},
		{"12,3456", 0, 123456, 10000},
		{"1\xC2\xA0"
		 "234",
			0, 1234, 1},
		{"1.234", -2, 0, 0},
		{"1,234", -2, 0, 0},
		{"-12.345", -2, 0, 0},
		{"", -1, 0, 0},
		{"-", -1, 0, 0},
		{"abc", -1, 0, 0},
		{"12a", -1, 0, 0},
		{"1..2", -1, 0, 0},
		{"1.23.456", -1, 0, 0},
		{".5", -1, 0, 0},
		{"5.", -1, 0, 0},
		{"12 34", -1, 0, 0},
		{"1,234,56", -1, 0, 0},
		{"1.234,567.8", -1, 0, 0},
		{"12345678901234567890", -1, 0, 0},
		{"1e5", -1, 0, 0},
		{"50%", -1, 0, 0},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t n = 0, d = 0;
		int rc = text_parse_number(cases[i].text, &n, &d);
		if (rc != cases[i].rc || n != cases[i].n || d != cases[i].d)
			fail_msg("\"%s\": %d %lld/%lld", cases[i].text, rc, (long long)n,
				(long long)d);
	}
}

static void check_taken(char *got, const char *wanted)
{
	assert_non_null(got);
	assert_string_equal(got, wanted);
	free(got);
}

/* Each character that text_nfc takes as it stands is composed, after any other: what utf8proc says. */
static void normal_text_is_not_touched(void **state)
{
	(void)state;
	for (int c = 0x20; c < 0x2030; c++) {
		char text[16] = "";
		utf8proc_uint8_t bytes[4];
		utf8proc_ssize_t n = utf8proc_encode_char(c, bytes);
		snprintf(text, sizeof text, "a%.*sB", (int)n, (char *)bytes);
		char *got = text_nfc(text, false);
		utf8proc_uint8_t *wanted = utf8proc_NFC((utf8proc_uint8_t *)text);
		bool dropped = (c >= 0x7F && c < 0xA0) || c == 0x200B;
		if (!dropped && strcmp(got, (char *)wanted) != 0)
			fail_msg("U+%04X: %s instead of %s", (unsigned)c, got, (char *)wanted);
		free(wanted);
		free(got);
	}
	check_taken(text_nfc(" a", false), "a");
	check_taken(text_nfc("a ", false), "a");
	check_taken(text_nfc("a  b", false), "a  b");
	check_taken(text_nfc("a  b", true), "a b");
}

/* Bytes that are taken in strides are the same as one by one. */
static void utf8_is_told_from_bytes(void **state)
{
	static const char *const good[] = {"", "abcdefgh", "abcdefghi", "Xã Nga Sơn, tỉnh Thanh Hóa", "\xE1\xBB\x99",
		"\xF0\x9F\x8C\xBE", "\xEE\x80\x80", "\xED\x9F\xBF"};
	static const char *const bad[] = {"\x80", "abcdefgh\xC3", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80",
		"\xE1\xBB", "\xE1\xBB a", "\xF4\x90\x80\x80", "\xFF", "\xC3\xC3"};
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(text_is_utf8(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(text_is_utf8(bad[i], strlen(bad[i])));
}

static void test_text(void **state)
{
	(void)state;
	check_taken(text_nfc("Xa\xCC\x83 Mu\xCC\x9Bo\xCC\x9B\xCC\x80ng", false), "Xã Mường");
	check_taken(text_nfc("  a \t b\xC2\xA0\xC2\xA0"
			     "c\n",
			    true),
		"a b c");
	check_taken(text_nfc("a  b\r\nc", false), "a  b\nc");
	check_taken(text_nfc("\x01"
			     "a\x7F"
			     "b\xEF\xBB\xBF",
			    false),
		"ab");
	check_taken(text_nfc("", true), "");
	assert_null(text_nfc("\xC3", false));
	check_taken(text_fold("Lao động - Thương binh"), "lao dong thuong binh");
	check_taken(text_fold("LAO ĐỘNG, THƯƠNG BINH"), "lao dong thuong binh");
	check_taken(text_fold("Sở Văn hoá"), "so van hoa");
	check_taken(text_fold("Sở Văn hóa"), "so van hoa");
	check_taken(text_fold(" Xã  số 7 (cũ) "), "xa so 7 cu");
	assert_null(text_fold("\xFF"));
	assert_true(text_is_utf8("Đúc đồng", strlen("Đúc đồng")));
	assert_false(text_is_utf8("\xED\xA0\x80", 3));
	assert_false(text_is_utf8("\xC0\x80", 2));
	assert_int_equal(text_width("Đúc đồng"), 8);
	assert_int_equal(text_width("a\xCC\x81"), 1);
}

/* What the table prints, taken by the caller. */
static char *printed(struct table *t, void (*print)(struct table *, FILE *))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	print(t, out);
	fclose(out);
	char *copy = xstrndup(text, size);
	free(text);
	return copy;
}

static void print_aligned(struct table *t, FILE *out)
{
	table_print(t, out, true);
}

static void print_whole(struct table *t, FILE *out)
{
	table_print(t, out, false);
}

static void add_places(struct table *t)
{
	static const char *const names[] = {"Nga Sơn", "Nga Sơn", "Nga \"Sơn\"", "h\xFF", "h\xFE", "h?", "", "Nga Sơn"};
	for (int i = 0; i < 3 * (int)(sizeof names / sizeof *names); i++) {
		table_row(t);
		table_text(t, "name", names[i % (int)(sizeof names / sizeof *names)]);
		if (i % 2)
			table_int(t, "n", i);
		if (i % 5)
			table_text(t, "unit", i < 12 ? "xa-15505" : "");
	}
}

/* Rows that are written as they come are the rows that are kept, to the byte. */
static void a_stream_is_the_table(void **state)
{
	static const char *const keys[] = {"unit", "name", "n", NULL};
	(void)state;
	for (int rows = 0; rows < 2; rows++) {
		char *text = NULL;
		size_t size;
		struct table *kept = table_new(keys), *streamed = table_new(keys);
		FILE *out = open_memstream(&text, &size);
		table_stream(streamed, out);
		if (rows) {
			add_places(kept);
			add_places(streamed);
		}
		table_json(streamed, out);
		fclose(out);
		char *wanted = printed(kept, table_json);
		assert_string_equal(text, wanted);
		assert_int_equal(table_rows(streamed), table_rows(kept));
		table_free(kept);
		table_free(streamed);
		free(text);
		free(wanted);
	}
}

static void test_table(void **state)
{
	(void)state;
	static const char *const keys[] = {"unit", "name", "n", "ratio", "ok", "day", "none", NULL};
	struct table *t = table_new(keys);
	check_taken(printed(t, table_json), "[]\n");
	table_row(t);
	table_text(t, "unit", "so-khcn");
	table_text(t, "name", "Sở \"Khoa học\"\nvà Công nghệ");
	table_int(t, "n", INT64_C(9007199254740993));
	table_ratio(t, "ratio", 15, 10);
	table_bool(t, "ok", true);
	table_day(t, "day", day_from_civil(2026, 12, 4));
	table_row(t);
	table_text(t, "unit",
		"một đơn vị có tên rất dài để phải cắt bớt khi in ra màn hình của người dùng");
	table_ratio(t, "ratio", 79996, 100000);
	table_ratio(t, "ratio", 2, 1);
	table_ratio(t, "n", 1, 0);
	table_text(t, "name", "h\xFF");
	assert_int_equal(table_rows(t), 2);

	char *json = printed(t, table_json);
	json_t *rows = json_loads(json, 0, NULL);
	assert_int_equal(json_array_size(rows), 2);
	const json_t *first = json_array_get(rows, 0), *second = json_array_get(rows, 1);
	assert_int_equal(
		json_integer_value(json_object_get(first, "n")), INT64_C(9007199254740993));
	assert_non_null(strstr(json, "\"ratio\": 1.5"));
	assert_string_equal(json_string_value(json_object_get(first, "day")), "2026-12-04");
	assert_true(json_is_null(json_object_get(first, "none")));
	assert_true(json_is_null(json_object_get(second, "n")));
	assert_int_equal(json_integer_value(json_object_get(second, "ratio")), 2);
	assert_string_equal(json_string_value(json_object_get(second, "name")), "h?");
	json_decref(rows);
	free(json);

	char *text = printed(t, print_aligned);
	assert_null(strstr(text, "none"));
	assert_non_null(strstr(text, "…"));
	assert_non_null(strstr(text, "Sở \"Khoa học\" và Công nghệ"));
	const char *header = strstr(text, "name"), *row = strstr(text, "Sở");
	char *before_header = xstrndup(text, (size_t)(header - text));
	const char *line = strchr(text, '\n') + 1;
	char *before_row = xstrndup(line, (size_t)(row - line));
	assert_int_equal(text_width(before_header), text_width(before_row));
	free(before_header);
	free(before_row);
	free(text);
	text = printed(t, print_whole);
	assert_non_null(strstr(text, "khi in ra màn hình của người dùng"));
	free(text);
	table_free(t);
}

/* What programs read must not change by a byte: each row is as jansson would print it. */
static void test_table_json_is_janssons(void **state)
{
	(void)state;
	static const char *const keys[] = {"a", "b\"", "c", NULL};
	static const int64_t numbers[][2] = {{1, 3}, {-1, 3}, {1, 1000}, {-5, 4}, {7, 70}, {999, 4},
		{INT64_C(123456789012345), 1000}, {-1, 1000}, {0, 7}};
	struct table *t = table_new(keys);
	for (int c = 1; c < 256; c++) {
		char text[] = {'x', (char)(c < 128 ? c : '"'), '\\', (char)(c < 128 ? c : 'y'), 0};
		table_row(t);
		table_text(t, "c", c == 1 ? "" : "Cơ sở số 1\t(mô phỏng)");
		table_text(t, "a", text); /* not in the columns' order */
		table_text(t, "a", text);
		table_bool(t, "b\"", c % 2);
	}
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		table_row(t);
		table_ratio(t, "a", numbers[i][0], numbers[i][1]);
		table_int(t, "c", i % 2 ? INT64_MIN : INT64_MAX);
	}
	char *json = printed(t, table_json);
	json_t *rows = json_loads(json, 0, NULL);
	assert_int_equal(json_array_size(rows), table_rows(t));
	struct buf same = {0};
	for (size_t i = 0; i < json_array_size(rows); i++) {
		char *row = json_dumps(json_array_get(rows, i), JSON_REAL_PRECISION(15));
		buf_addf(&same, "%s%s", i ? ",\n " : "[\n ", row);
		free(row);
	}
	buf_add(&same, "\n]\n");
	assert_string_equal(json, same.s);
	buf_release(&same);
	json_decref(rows);
	free(json);
	table_free(t);
	/* beyond what a double holds the digits are exact all the same */
	t = table_new(keys);
	table_row(t);
	table_ratio(t, "a", INT64_C(9007199254740993001), 1000);
	json = printed(t, table_json);
	assert_non_null(strstr(json, "{\"a\": 9007199254740993.001, "));
	free(json);
	table_free(t);
}

static void test_files(void **state)
{
	(void)state;
	char folder[] = "/tmp/langnghe-test-XXXXXX";
	struct err e;
	assert_non_null(mkdtemp(folder));
	char *deep = file_join(folder, "a/b/c");
	assert_int_equal(file_make_dirs(deep, &e), 0);
	assert_int_equal(file_make_dirs(deep, &e), 0);
	char *path = file_join(deep, "x");
	assert_int_equal(file_write_atomic(path, "one", 3, 0640, &e), 0);
	assert_int_equal(file_write_atomic(path, "three", 5, 0640, &e), 0);
	char *data;
	size_t size;
	assert_int_equal(file_read(path, 5, &data, &size, &e), 0);
	assert_int_equal(size, 5);
	check_taken(data, "three");
	assert_int_equal(file_read(path, 4, &data, &size, &e), -1);
	assert_non_null(strstr(e.text, "too large"));
	assert_int_equal(file_read(deep, 100, &data, &size, &e), -1);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);

	int first = file_lock(path, 0, &e);
	assert_true(first >= 0);
	assert_int_equal(file_lock(path, 0, &e), -2);
	close(first);
	int second = file_lock(path, 1, &e);
	assert_true(second >= 0);
	close(second);

	check_taken(file_resolve("/etc/langnghe/x.conf", "plan.conf"), "/etc/langnghe/plan.conf");
	check_taken(file_resolve("/etc/langnghe/x.conf", "/var/db"), "/var/db");
	check_taken(file_resolve("x.conf", "plan.conf"), "plan.conf");
	check_taken(file_join("/tmp/", "x"), "/tmp/x");

	/* A link inside the tree is removed, what it points to is not. */
	char *link_path = file_join(folder, "a/link"),
	     *kept = file_join("/tmp", "langnghe-test-kept");
	assert_int_equal(file_make_dirs(kept, &e), 0);
	assert_int_equal(symlink(kept, link_path), 0);
	assert_int_equal(file_remove_tree("", &e), -1);
	assert_int_equal(file_remove_tree("/", &e), -1);
	assert_int_equal(file_remove_tree(folder, &e), 0);
	assert_int_equal(access(folder, F_OK), -1);
	assert_int_equal(access(kept, F_OK), 0);
	assert_int_equal(rmdir(kept), 0);
	assert_int_equal(file_remove_tree(folder, &e), 0);
	free(link_path);
	free(kept);
	free(path);
	free(deep);
}

static void test_control(void **state)
{
	(void)state;
	char folder[] = "/tmp/langnghe-control-XXXXXX";
	struct err e;
	struct buf reply = {0};
	assert_non_null(mkdtemp(folder));
	char *path = file_join(folder, "control");
	assert_int_equal(control_request(path, "status", &reply, &e), -1);
	assert_non_null(strstr(e.text, "no langnghed"));

	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	int server = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(server, 1), 0);
	pid_t child = fork();
	if (child == 0) {
		char line[32] = "";
		int client = accept(server, NULL, NULL);
		bool right = read(client, line, sizeof line - 1) > 0 && strcmp(line, "poke\n") == 0;
		bool sent = write(client, "first\n", 6) == 6 && write(client, "second\n", 7) == 7;
		_exit(right && sent ? 0 : 1);
	}
	assert_int_equal(control_request(path, "poke", &reply, &e), 0);
	assert_string_equal(reply.s, "first\nsecond\n");
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(server);
	assert_int_equal(control_request(path, "poke", &reply, &e), -1);
	char too_long[200];
	memset(too_long, 'x', sizeof too_long - 1);
	too_long[sizeof too_long - 1] = '\0';
	assert_int_equal(control_request(too_long, "poke", &reply, &e), -1);
	buf_release(&reply);
	assert_int_equal(file_remove_tree(folder, &e), 0);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_day_add_months),
		cmocka_unit_test(test_day_text),
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_lunar),
		cmocka_unit_test(test_numbers_written),
		cmocka_unit_test(test_numbers_read),
		cmocka_unit_test(normal_text_is_not_touched),
		cmocka_unit_test(utf8_is_told_from_bytes),
		cmocka_unit_test(test_text),
		cmocka_unit_test(a_stream_is_the_table),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_table_json_is_janssons),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_control),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
