// ... existing code ...

  flag(color) {
    this.remaining[color] = 0
    this.running = null
    this.emit('flag', color)
  }

  pause(now) {
    if (!this.running) {
      return
    }
    this.remaining[this.running] -= now - this.startedAt
    this.emit('pause', this.running)
    this.running = null
  }

  format(color) {
    // ... existing code ...
