# ... existing code ...
output "address" {
  value = nimbus_server.web.address
}

output "worker_address" {
  value = nimbus_server.worker.address
}
