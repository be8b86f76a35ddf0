…
struct ring *ring_new(size_t size)
{
    struct ring *r = calloc(1, sizeof(*r));

    if (!r)
        return NULL;
    r->data = malloc(size);
    if (!r->data) {
        free(r);
        return NULL;
    }
    r->size = size;
    return r;
}
…
