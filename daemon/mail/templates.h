/*
 * templates.h: the folder of texts that officers read (conf/templates/vi): one
 * template per part of a letter, as .txt and .html, and phrases.txt, whose lines
 * `key = text` are small templates for headings, cells and names. Loaded whole
 * and checked whole; nothing that an officer reads is written in C.
 */
#ifndef MAIL_TEMPLATES_H
#define MAIL_TEMPLATES_H

#include "mail/compose.h"
#include "mail/mustache.h"

/* The templates a letter begins from; the others are partials of these. */
#define TEMPLATE_SUBJECT "subject"
#define TEMPLATE_LETTER "letter"
#define TEMPLATE_RECEIPT "receipt"

#define PHRASES(X)                                                                                 \
	X(PERIOD_YEAR, "period-year")                                                              \
	X(PERIOD_QUARTER, "period-quarter")                                                        \
	X(PERIOD_HALF, "period-half")                                                              \
	X(PERIOD_MONTH, "period-month")                                                            \
	X(ROLE_DEBTOR_WORD, "role-debtor")                                                         \
	X(ROLE_LEAD_WORD, "role-lead")                                                             \
	X(ROLE_PLACE_WORD, "role-place")                                                           \
	X(ROLE_ASKED, "role-asked")                                                                \
	X(ROLE_COORDINATING_WORD, "role-coordinating")                                             \
	X(THING_VILLAGE, "thing-village")                                                          \
	X(THING_UNIT, "thing-unit")                                                                \
	X(THING_PRODUCT, "thing-product")                                                          \
	X(THING_RECOGNITION, "thing-recognition")                                                  \
	X(THING_ZONE, "thing-zone")                                                                \
	X(THING_PROJECT, "thing-project")                                                          \
	X(THING_DIFFICULTY, "thing-difficulty")                                                    \
	X(THING_PLACE, "thing-place")                                                              \
	X(THING_IP_RIGHT, "thing-ip-right")                                                        \
	X(THING_OTHER, "thing-other")                                                              \
	X(MARK_OK, "mark-ok")                                                                      \
	X(MARK_LACKS, "mark-lacks")                                                                \
	X(MARK_MET, "mark-met")                                                                    \
	X(MARK_UNMET, "mark-unmet")                                                                \
	X(MARK_UNKNOWN, "mark-unknown")                                                            \
	X(MARK_EXPIRED, "mark-expired")                                                            \
	X(MARK_WAITING, "mark-waiting")                                                            \
	X(ROW_EXPIRED, "row-expired")                                                              \
	X(ROW_WAITING, "row-waiting")                                                              \
	X(STATUS_EXPIRED_ON, "status-expired-on")                                                  \
	X(STATUS_VALID_TO, "status-valid-to")                                                      \
	X(MORE_UNITS, "more-units")                                                                \
	X(ADDRESSEE_LOCAL, "addressee-local")                                                      \
	X(ACTION_PAST_DAY, "action-past-day")                                                      \
	X(LACK_SUM, "lack-sum")                                                                    \
	X(LACK_EXPIRED, "lack-expired")                                                            \
	X(MORE_LACKS, "more-lacks")                                                                \
	X(ROW_MANY, "row-many")                                                                    \
	X(OWN_MOVE, "own-move")                                                                    \
	X(LEAD_MOVE, "lead-move")                                                                  \
	X(COORDINATING_MOVE, "coordinating-move")                                                  \
	X(WAITED_MOVE, "waited-move")                                                              \
	X(SHARED_MOVE, "shared-move")                                                              \
	X(CHANGE_OVERDUE, "change-overdue")                                                        \
	X(NEW_MARK, "new-mark")                                                                    \
	X(SHEET_UNKNOWN, "sheet-unknown")                                                          \
	X(SHEET_OVERVIEW, "sheet-overview")                                                        \
	X(SHEET_TITLE, "sheet-title")                                                              \
	X(SHEET_NAME, "sheet-name")                                                                \
	X(FILL_SHEETS, "fill-sheets")                                                              \
	X(ASK_SHEET, "ask-sheet")                                                                  \
	X(ASK_SHEETS, "ask-sheets")                                                                \
	X(SHEET_FILE, "sheet-file")                                                                \
	X(SHEET_AUTHOR, "sheet-author")                                                            \
	X(CALENDAR_FILE, "calendar-file")                                                          \
	X(CALENDAR_NAME, "calendar-name")                                                          \
	X(CALENDAR_SUMMARY, "calendar-summary")                                                    \
	X(CALENDAR_TEXT, "calendar-text")                                                          \
	X(FILL_HERE, "fill-here")                                                                  \
	X(FILL_HELP, "fill-help")                                                                  \
	X(COL_NUMBER, "col-number")                                                                \
	X(COL_CODE, "col-code")                                                                    \
	X(COL_NAME, "col-name")                                                                    \
	X(COL_PLACE, "col-place")                                                                  \
	X(COL_DETAIL, "col-detail")                                                                \
	X(COL_MOVE, "col-move")                                                                    \
	X(COL_ACT_BY, "col-act-by")                                                                \
	X(COL_NEW, "col-new")                                                                      \
	X(COL_REMINDER, "col-reminder")                                                            \
	X(COL_KEY, "col-key")                                                                      \
	X(COL_VALID_TO, "col-valid-to")                                                            \
	X(COL_STATUS, "col-status")                                                                \
	X(COL_MATTER, "col-matter")                                                                \
	X(COL_VALUE, "col-value")                                                                  \
	X(COL_UNIT, "col-unit")                                                                    \
	X(COL_PERIOD, "col-period")                                                                \
	X(COL_LAST_DAY, "col-last-day")                                                            \
	X(COL_LAST_NOTICE, "col-last-notice")                                                      \
	X(FROM_NAME, "from-name")

enum phrase {
#define X(name, key) PHRASE_##name,
	PHRASES(X)
#undef X
		PHRASE_COUNT
};

/* Renders a phrase over view (may be NULL) into the arena. A failure gives its key: a letter with
 * one odd word is better than none. */
const char *phrase_text(
	const struct templates *t, enum phrase p, const json_t *view, struct arena *a);
/* Renders the template name, HTML or text, over view. */
int template_render(const struct templates *t, const char *name, bool html, const json_t *view,
	struct buf *out, struct err *e);

#endif
