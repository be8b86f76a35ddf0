// Package queue holds the orders of the kitchen.
package queue

import (
	"errors"
	"sync"
	"time"
)

// ErrFull is returned when the kitchen takes no more orders.
var ErrFull = errors.New("queue: full")

// Order is one order of one table.
type Order struct {
	ID    int
	Table int
	Items []string
	At    time.Time
}

// Queue is safe for concurrent use.
type Queue struct {
	mu     sync.Mutex
	orders []Order
	limit  int
	nextID int
}

// New returns a queue that holds at most limit orders.
func New(limit int) *Queue {
	return &Queue{limit: limit, nextID: 1}
}

// Push appends an order and returns its id.
func (q *Queue) Push(table int, items []string) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.orders) >= q.limit {
		return 0, ErrFull
	}
	id := q.nextID
	q.nextID++
	q.orders = append(q.orders, Order{ID: id, Table: table, Items: items, At: time.Now()})
	return id, nil
}

// Pop takes the oldest order out.
func (q *Queue) Pop() (Order, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.orders) == 0 {
		return Order{}, false
	}
	order := q.orders[0]
	q.orders = q.orders[1:]
	return order, true
}

// Cancel removes the order with the given id.
func (q *Queue) Cancel(id int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, order := range q.orders {
		if order.ID == id {
			q.orders = append(q.orders[:i], q.orders[i+1:]...)
			return true
		}
	}
	return false
}

// Len returns how many orders wait.
func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.orders)
}
