// ... existing code ...

// Oldest returns how long the first order has waited, or zero.
func (q *Queue) Oldest(now time.Time) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.orders) == 0 {
		return 0
	}
	return now.Sub(q.orders[0].At)
}

// Len returns how many orders wait.
func (q *Queue) Len() int {
// ... existing code ...
