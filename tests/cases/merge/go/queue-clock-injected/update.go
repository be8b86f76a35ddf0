// ... existing code ...
type Queue struct {
	mu     sync.Mutex
	orders []Order
	limit  int
	nextID int
	now    func() time.Time
}

// New returns a queue that holds at most limit orders.
func New(limit int) *Queue {
	return &Queue{limit: limit, nextID: 1, now: time.Now}
}

// ... existing code ...
	q.nextID++
	q.orders = append(q.orders, Order{ID: id, Table: table, Items: items, At: q.now()})
	return id, nil
}
// ... existing code ...
