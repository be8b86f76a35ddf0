#include <stdlib.h>
#include <string.h>

#include "ring.h"

struct ring {
	unsigned char *data;
	size_t size;
	size_t head;
	size_t used;
};

struct ring *ring_new(size_t size)
{
	struct ring *r = malloc(sizeof(*r));

	if (!r)
		return NULL;
	r->data = malloc(size);
	if (!r->data) {
		free(r);
		return NULL;
	}
	r->size = size;
	r->head = 0;
	r->used = 0;
	return r;
}

void ring_free(struct ring *r)
{
	free(r->data);
	free(r);
}

size_t ring_write(struct ring *r, const void *from, size_t count)
{
	const unsigned char *p = from;
	size_t done = 0;

	while (done < count && r->used < r->size) {
		r->data[(r->head + r->used) % r->size] = p[done++];
		r->used++;
	}
	return done;
}

size_t ring_read(struct ring *r, void *to, size_t count)
{
	unsigned char *p = to;
	size_t done = 0;

	while (done < count && r->used > 0) {
		p[done++] = r->data[r->head];
		r->head = (r->head + 1) % r->size;
		r->used--;
	}
	return done;
}

#ifdef RING_DEBUG
void ring_dump(const struct ring *r, FILE *out)
{
	fprintf(out, "ring %zu/%zu at %zu\n", r->used, r->size, r->head);
}
#endif
