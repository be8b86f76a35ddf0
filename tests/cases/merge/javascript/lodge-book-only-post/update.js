// ... existing code ...

function bookRoom (query, res, req) {
  if (req.method !== 'POST') {
    send(res, 405, { error: 'use POST' })
    return
  }
  rooms.free(query.from, query.to, function (err, list) {
    // ... existing code ...
}

server.handle = function (req, res) {
  // ... existing code ...
  } else {
    route(parsed.query, res, req)
  }
}

// ... existing code ...
