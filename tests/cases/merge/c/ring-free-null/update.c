/* ... existing code ... */
void ring_free(struct ring *r)
{
	if (!r)
		return;
	free(r->data);
	free(r);
}
/* ... existing code ... */
