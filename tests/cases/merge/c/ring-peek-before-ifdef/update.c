// ... existing code ...
	return done;
}

int ring_peek(const struct ring *r)
{
	return r->used ? r->data[r->head] : -1;
}

#ifdef RING_DEBUG
// ... existing code ...
