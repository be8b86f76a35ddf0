// rest of the file unchanged
      booking.price = rates.price(room, query.from, query.to)
      booking.currency = query.currency || 'EUR'
      send(res, 201, booking)
// rest of the file unchanged
