// ... existing code ...
    for i, order := range q.orders {
        if order.ID == id {
            q.orders = slices.Delete(q.orders, i, i+1)
            return true
        }
    }
// ... existing code ...
