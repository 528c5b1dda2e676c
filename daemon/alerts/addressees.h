/*
 * addressees.h: who is concerned by a judged finding on a day (P14, P16): units
 * as the plan or the register names them, followed through mergers to the
 * living unit that gets the letter. Internal to alerts/.
 */
#ifndef ALERTS_ADDRESSEES_H
#define ALERTS_ADDRESSEES_H

#include "alerts/policy.h"

enum { ADDRESSEES_MOST = 64 };

struct addressee {
	const struct unit *unit;  /* living */
	const struct unit *named; /* as the plan or the register names it */
	enum role role;
};

/* Each living unit once, with its strongest role (debtor, lead, place, coordinating).
 * Returns the count. Units that nobody carries on are left out: an alarm of `audit`. */
size_t addressees_of(const struct world *w, const struct judged *g, int32_t today,
	struct addressee out[ADDRESSEES_MOST]);
/* The living coordinator (O2), or NULL. */
const struct unit *coordinator_on(const struct world *w, int32_t today);

#endif
