...
server.routes = {
  '/health': health,
  '/rooms': listRooms,
...

function health (query, res) {
  send(res, 200, { ok: true })
}

function listRooms (query, res) {
...
