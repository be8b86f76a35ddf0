var http = require('http')
var url = require('url')

var rooms = require('./rooms')
var rates = require('./rates')

var server = module.exports = {}

server.options = {
  port: 8300,
  host: '127.0.0.1'
}

server.routes = {
  '/rooms': listRooms,
  '/free': freeRooms,
  '/book': bookRoom
}

function send (res, code, body) {
  var text = JSON.stringify(body)
  res.writeHead(code, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text)
  })
  res.end(text)
}

function listRooms (query, res) {
  rooms.all(function (err, list) {
    if (err) {
      send(res, 500, { error: err.message })
      return
    }
    send(res, 200, list)
  })
}

function freeRooms (query, res) {
  rooms.free(query.from, query.to, function (err, list) {
    if (err) {
      send(res, 500, { error: err.message })
      return
    }
    send(res, 200, list)
  })
}

function bookRoom (query, res) {
  rooms.free(query.from, query.to, function (err, list) {
    if (err) {
      send(res, 500, { error: err.message })
      return
    }
    var room = list.find(function (r) {
      return r.beds >= Number(query.guests)
    })
    if (!room) {
      send(res, 404, { error: 'no room' })
      return
    }
    rooms.book(room.id, query, function (err, booking) {
      if (err) {
        send(res, 409, { error: err.message })
        return
      }
      booking.price = rates.price(room, query.from, query.to)
      send(res, 201, booking)
    })
  })
}

server.handle = function (req, res) {
  var parsed = url.parse(req.url, true)
  var route = server.routes[parsed.pathname]
  if (!route) {
    send(res, 404, { error: 'not found' })
  } else {
    route(parsed.query, res)
  }
}

server.start = function (done) {
  var instance = http.createServer(server.handle)
  instance.listen(server.options.port, server.options.host, done)
  return instance
}
