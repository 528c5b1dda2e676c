/*
 * raw-material.c: zones of raw material (mục 7 of the Phụ lục): planned against
 * actual area, due and not done, without a certificate; and communes with villages
 * of a craft in which, and around which, there is no zone for its material.
 */
#include "langnghe_plugin.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUBJECT = 96, DETAIL = 240, MATERIALS_MOST = 64, WORD = 64 };

#define MARK(name, heading, sentence, what_to_do, how_bad)                                         \
	{                                                                                          \
		.size = sizeof(struct ln_mark_row), .id = name, .label = heading,                  \
		.lacks = sentence, .action = what_to_do, .clause = "mục 7 Phụ lục", .severity = how_bad \
	}

enum zone_mark { MARK_AREA, MARK_DUE, MARK_CERTIFICATE, ZONE_MARKS };

static const struct ln_mark_row zone_marks[ZONE_MARKS] = {
	[MARK_AREA] = MARK("area", "Diện tích so với kế hoạch", "chưa đạt diện tích theo kế hoạch",
		"Đề nghị đôn đốc trồng, mở rộng vùng nguyên liệu đủ diện tích theo kế hoạch, hoặc cập nhật diện tích thực "
		"tế, theo mục 7 Phụ lục Quyết định số 4182/QĐ-UBND.",
		LN_NOTICE),
	[MARK_DUE] = MARK("due", "Hoàn thành đúng hạn", "đã quá thời hạn dự kiến, chưa hoàn thành",
		"Đề nghị rà soát, hoàn thành vùng nguyên liệu hoặc xác định lại thời hạn theo mục 7 Phụ lục Quyết định số "
		"4182/QĐ-UBND.",
		LN_WARNING),
	[MARK_CERTIFICATE] = MARK("certificate", "Chứng chỉ vùng nguyên liệu", "chưa có chứng chỉ vùng nguyên liệu",
		"Đề nghị hướng dẫn làm thủ tục cấp chứng chỉ cho vùng nguyên liệu theo khoản 3.4, điểm c khoản 3.8 mục 3 "
		"Điều 1 Quyết định số 4182/QĐ-UBND.",
		LN_NOTICE),
};

static const struct ln_mark_row commune_marks[] = {
	MARK("zone", "Vùng nguyên liệu cho nghề", "chưa có vùng nguyên liệu cho nghề",
		"Đề nghị rà soát nguồn nguyên liệu của làng nghề, đề xuất xây dựng hoặc liên kết vùng nguyên liệu theo mục "
		"7 Phụ lục Quyết định số 4182/QĐ-UBND.",
		LN_NOTICE),
};

enum rule_id { RULE_ZONES, RULE_COMMUNES };

static const struct ln_rule_row rules[] = {
	[RULE_ZONES] = {.size = sizeof(struct ln_rule_row),
		.id = "zones",
		.task = "raw-material",
		.kind = LN_MISSING,
		.title = "Vùng nguyên liệu tập trung",
		.clause = "mục 7 Phụ lục",
		.severity = LN_WARNING,
		.action = "Đề nghị đôn đốc xây dựng vùng nguyên liệu tập trung theo mục 7 Phụ lục Quyết định số "
			  "4182/QĐ-UBND.",
		.marks = zone_marks,
		.mark_count = ZONE_MARKS},
	[RULE_COMMUNES] = {.size = sizeof(struct ln_rule_row),
		.id = "communes-without-zone",
		.task = "raw-material",
		.kind = LN_MISSING,
		.title = "Nguyên liệu cho làng nghề của xã, phường",
		.clause = "mục 7 Phụ lục",
		.severity = LN_NOTICE,
		.action = "Đề nghị rà soát, đề xuất vùng nguyên liệu cho làng nghề theo mục 7 Phụ lục Quyết định số "
			  "4182/QĐ-UBND.",
		.marks = commune_marks,
		.mark_count = 1},
};

static const struct ln_setting_row settings[] = {
	{.size = sizeof(struct ln_setting_row),
		.name = "materials",
		.type = LN_SET_TEXT,
		.text = "chiếu cói:cói|đan cói:cói|mây tre:mây,tre,luồng,nứa,vầu|đan lát:mây,tre,luồng,nứa,vầu|"
			"đan cót:tre,luồng,nứa,vầu|miến gạo:lúa|bánh đa:lúa|miến dong:dong riềng|dệt lụa:dâu tằm|"
			"tơ tằm:dâu tằm|nón lá:lá nón,lá lụi|dược liệu:dược liệu|men rượu thuốc bắc:dược liệu|chè lam:lúa",
		.help = "CRAFT:MATERIAL,MATERIAL joined with |: a village whose trade holds the first word needs a zone of one "
			"of the others; crafts without an entry are passed over"},
	{.size = sizeof(struct ln_setting_row),
		.name = "certificate_needed",
		.type = LN_SET_BOOL,
		.value = 1,
		.help = "a finished zone without a certificate is told"},
};

static const char *const inputs[] = {"v_zone", "v_village", NULL};

struct material {
	const struct ln_host *host;
	struct zone {
		char *material, *communes; /* communes: of today, joined with | */
	} *zones;
	size_t zone_count, zone_room;
};

/* "1180", "45.5", "12,75": hundredths of a hectare; -1 for what is no number. */
static int64_t hundredths(const char *s)
{
	int64_t whole = 0, part = 0, scale = 100;
	if (!s || *s < '0' || *s > '9')
		return -1;
	for (; *s >= '0' && *s <= '9' && whole < 1000000000; s++)
		whole = whole * 10 + (*s - '0');
	if (*s == '.' || *s == ',')
		for (s++; *s >= '0' && *s <= '9' && scale > 1; s++) {
			scale /= 10;
			part += (*s - '0') * scale;
		}
	return whole * 100 + part;
}

/* "1.180 ha" is written for people: 1180 ha, 45,5 ha. */
static void area_text(int64_t hundredth, char out[32])
{
	if (hundredth % 100 == 0)
		snprintf(out, 32, "%lld ha", (long long)(hundredth / 100));
	else
		snprintf(out, 32, hundredth % 10 ? "%lld,%02lld ha" : "%lld,%lld ha", (long long)(hundredth / 100),
			(long long)(hundredth % 10 ? hundredth % 100 : hundredth % 100 / 10));
}

static int keep_zone(struct material *m, const char *material, const char *communes)
{
	const struct ln_host *h = m->host;
	if (!material)
		return 0;
	if (m->zone_count == m->zone_room) {
		m->zone_room = m->zone_room ? m->zone_room * 2 : 16;
		struct zone *more = realloc(m->zones, m->zone_room * sizeof *more);
		if (!more)
			return -1;
		m->zones = more;
	}
	struct zone *z = &m->zones[m->zone_count++];
	*z = (struct zone){.material = strdup(material)};
	size_t size;
	FILE *text = open_memstream(&z->communes, &size);
	const char *code;
	while (text && (code = h->list_next(h->self, &communes)) != NULL) {
		const char *now = h->unit_now(h->self, code);
		if (now)
			fprintf(text, "|%s", now);
	}
	if (text)
		fputs("|", text);
	return text && fclose(text) == 0 ? 0 : -1;
}

static enum ln_mark_state area_state(int64_t planned, int64_t actual, char detail[DETAIL])
{
	char have[32], want[32];
	if (planned < 0 || actual < 0)
		return LN_UNKNOWN;
	area_text(actual, have);
	area_text(planned, want);
	snprintf(detail, DETAIL, "%s trên %s", have, want);
	return actual >= planned ? LN_OK : LN_LACKS;
}

static int report_zone(const struct material *m, struct ln_query *q)
{
	const struct ln_host *h = m->host;
	int32_t due = h->column_day(q, 7), done_on = h->column_day(q, 8);
	bool done = done_on != LN_NO_DAY && done_on <= h->today, over = due != LN_NO_DAY && due < h->today;
	char area[DETAIL] = "", when[DETAIL] = "", subject[SUBJECT];
	enum ln_mark_state states[ZONE_MARKS] = {
		[MARK_AREA] = area_state(hundredths(h->column_text(q, 4)), hundredths(h->column_text(q, 5)), area),
		[MARK_DUE] = done ? LN_OK : due == LN_NO_DAY ? LN_UNKNOWN : over ? LN_LACKS : LN_OK,
		[MARK_CERTIFICATE] = h->column_text(q, 6) ? LN_OK : LN_LACKS,
	};
	if (states[MARK_AREA] == LN_LACKS && !done && !over)
		states[MARK_AREA] = LN_OK; /* it grows, there is time */
	if (states[MARK_CERTIFICATE] == LN_LACKS && (!done || !h->setting_int(h->self, "certificate_needed")))
		states[MARK_CERTIFICATE] = LN_OK; /* asked of what is finished */
	if (!done && due != LN_NO_DAY)
		snprintf(when, sizeof when, "thời hạn dự kiến ngày %s", h->day_vi(h->self, due));
	const char *details[ZONE_MARKS] = {[MARK_AREA] = area, [MARK_DUE] = when};
	struct ln_mark marks[ZONE_MARKS];
	for (int i = 0; i < ZONE_MARKS; i++)
		marks[i] = (struct ln_mark){zone_marks[i].id, states[i], details[i], NULL};
	const char *rest = h->column_text(q, 3), *place = h->list_next(h->self, &rest);
	snprintf(subject, sizeof subject, "zone:%.80s", h->column_text(q, 0));
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_ZONES].id,
		.subject = subject,
		.name = h->column_text(q, 1),
		.place = rest && *rest ? NULL : h->unit_now(h->self, place), /* of several communes: the lead's alone */
		.marks = marks,
		.mark_count = ZONE_MARKS,
	};
	return h->report(h->self, &f);
}

static int check_zones(struct material *m)
{
	const struct ln_host *h = m->host;
	struct ln_query *q = h->query(h->self,
		"SELECT code, name, material, communes, planned_ha, actual_ha, certificate, due_on, done_on FROM v_zone"
		" WHERE ended_on IS NULL ORDER BY code",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1)
		if (keep_zone(m, h->column_text(q, 2), h->column_text(q, 3)) < 0 || report_zone(m, q) < 0)
			return -1;
	h->query_end(q);
	return rc;
}

/* The materials of a trade: "cói" of "dệt chiếu cói"; NULL where the setting does not know it. They live in
 * entry, of WORD bytes and more. */
static const char *materials_of(const struct ln_host *h, const char *trade, char *entry, size_t size)
{
	const char *rest = h->setting_text(h->self, "materials"), *one;
	while (trade && (one = h->list_next(h->self, &rest)) != NULL) {
		const char *colon = strchr(one, ':');
		snprintf(entry, size, "%.*s", colon ? (int)(colon - one) : 0, one);
		if (*entry && strstr(trade, entry)) {
			snprintf(entry, size, "%s", colon + 1);
			return entry;
		}
	}
	return NULL;
}

static bool has_zone(const struct material *m, const char *commune, const char *materials)
{
	char word[WORD], within[WORD + 2];
	snprintf(within, sizeof within, "|%.60s|", commune);
	while (*materials) {
		size_t n = strcspn(materials, ",");
		snprintf(word, sizeof word, "%.*s", (int)(n < sizeof word ? n : sizeof word - 1), materials);
		for (size_t i = 0; i < m->zone_count; i++)
			if (strstr(m->zones[i].material, word) && strstr(m->zones[i].communes, within))
				return true;
		materials += n + (materials[n] == ',');
	}
	return false;
}

/* One commune's villages: what they lack, each trade once. */
struct need {
	char commune[WORD];
	char lacks[DETAIL];
	bool known; /* it has a village of a craft whose material is known */
};

static int report_need(const struct material *m, const struct need *n)
{
	const struct ln_host *h = m->host;
	char subject[SUBJECT], name[400];
	const char *commune = h->unit_name(h->self, n->commune);
	if (!n->known)
		return 0;
	snprintf(subject, sizeof subject, "place:%.80s", n->commune);
	snprintf(name, sizeof name, "%s", *n->lacks ? n->lacks : commune ? commune : n->commune);
	const struct ln_mark mark = {
		commune_marks[0].id, *n->lacks ? LN_LACKS : LN_OK, NULL, NULL};
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_COMMUNES].id,
		.subject = subject,
		.name = name,
		.place = n->commune,
		.marks = &mark,
		.mark_count = 1,
	};
	return h->report(h->self, &f);
}

static void add_need(const struct material *m, struct need *n, const char *trade)
{
	char entry[256];
	const char *materials = materials_of(m->host, trade, entry, sizeof entry);
	if (!materials)
		return;
	n->known = true;
	size_t at = strlen(n->lacks);
	if (!has_zone(m, n->commune, materials) && !strstr(n->lacks, trade) && at + strlen(trade) + 8 < sizeof n->lacks)
		snprintf(n->lacks + at, sizeof n->lacks - at, "%s%.*s", at ? ", " : "Nghề ", (int)(sizeof n->lacks - at - 8), trade);
}

static int check_communes(const struct material *m)
{
	const struct ln_host *h = m->host;
	struct need n = {"", "", false};
	struct ln_query *q = h->query(h->self,
		"SELECT commune, lower(trade) FROM v_village WHERE commune IS NOT NULL AND ended_on IS NULL"
		" ORDER BY commune, code",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		const char *now = h->unit_now(h->self, h->column_text(q, 0));
		if (!now)
			continue;
		if (strcmp(now, n.commune) != 0) {
			if (report_need(m, &n) < 0)
				return -1;
			n = (struct need){"", "", false};
			snprintf(n.commune, sizeof n.commune, "%s", now);
		}
		if (h->column_text(q, 1))
			add_need(m, &n, h->column_text(q, 1));
	}
	h->query_end(q);
	return rc < 0 ? -1 : report_need(m, &n);
}

static int check(const struct ln_host *host, void *state)
{
	struct material m = {.host = host};
	(void)state;
	int rc = check_zones(&m);
	if (rc == 0)
		rc = check_communes(&m);
	for (size_t i = 0; i < m.zone_count; i++) {
		free(m.zones[i].material);
		free(m.zones[i].communes);
	}
	free(m.zones);
	return rc == 0 ? LN_COMPLETE : LN_FAILED;
}

LN_EXPORT extern const struct ln_plugin langnghe_plugin;
const struct ln_plugin langnghe_plugin = {
	.abi = LN_ABI,
	.size = sizeof(struct ln_plugin),
	.name = "raw-material",
	.version = "1.0",
	.summary = "zones of raw material, and communes whose villages have none (task 7)",
	.rules = rules,
	.rule_count = sizeof rules / sizeof *rules,
	.settings = settings,
	.setting_count = sizeof settings / sizeof *settings,
	.inputs = inputs,
	.check = check,
};
