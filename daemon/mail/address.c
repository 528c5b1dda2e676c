/*
 * address.c: see address.h.
 */
#include "mail/address.h"

#include "base/mem.h"

bool address_is_sound(const char *s)
{
	size_t at = 0, n = s ? strlen(s) : 0;
	if (n < 3 || n > 254)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c <= ' ' || c >= 0x7F || strchr("()<>[],;:\\\"", c))
			return false;
		if (c == '@') {
			if (at)
				return false;
			at = i;
		}
	}
	return at > 0 && at < n - 1;
}

int address_split(const char *s, char **name, char **email)
{
	const char *open = strrchr(s, '<'), *close = open ? strchr(open, '>') : NULL;
	char *address = close ? xstrndup(open + 1, (size_t)(close - open) - 1) : xstrdup(s);
	if (!address_is_sound(address)) {
		free(address);
		return -1;
	}
	size_t n = close ? (size_t)(open - s) : 0;
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '"'))
		n--;
	while (n > 0 && (*s == ' ' || *s == '"'))
		s++, n--;
	*name = n ? xstrndup(s, n) : NULL;
	*email = address;
	return 0;
}

const char *address_domain(const char *email)
{
	const char *at = strrchr(email, '@');
	return at ? at + 1 : "";
}
