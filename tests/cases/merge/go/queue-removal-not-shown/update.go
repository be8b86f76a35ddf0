// ... existing code ...
	defer q.mu.Unlock()
	return len(q.orders)
}
