# ... existing code ...

resource "nimbus_server" "worker" {
  name    = "library-worker"
  region  = var.region
  size    = "large"
  network = nimbus_network.library.id

  # ... existing code ...
}

# ... existing code ...
