/*
 * fuzz_plugin.c: any bytes from a plugin's process: its description, its answer as
 * it stands, or an answer with a right seal around any body (the first byte says
 * which, the second how many findings it claims).
 */
#include "fuzz.h"

#include "rules/describe.h"
#include "rules/frame.h"

static const unsigned char key[FRAME_KEY];

static void read_frame(const unsigned char *bytes, size_t size)
{
	struct findings set = {0};
	const char *failure = NULL;
	struct err e;
	size_t length;
	if (size >= FRAME_HEAD && frame_length(bytes, &length, &e) == 0 && length == size)
		frame_take(memcpy(xmalloc(size), bytes, size), size, key, &set, &failure, &e);
	findings_release(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct plugin_info *info = NULL;
	struct buf frame = {0};
	struct err e;
	if (size < 2)
		return 0;
	const char *body = (const char *)data + 2;
	switch (data[0] % 3) {
	case 0:
		if (plugin_info_from_json(body, size - 2, "fuzz.so", &info, &e) == 0)
			plugin_info_free(info);
		break;
	case 1:
		read_frame(data + 2, size - 2);
		break;
	case 2:
		frame_begin(&frame);
		buf_add_n(&frame, body, size - 2);
		frame_seal(&frame, &(struct frame_end){.count = data[1]}, key);
		read_frame((const unsigned char *)frame.s, frame.len);
		break;
	}
	buf_release(&frame);
	return 0;
}
