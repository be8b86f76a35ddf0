// ... existing code ...
  }

  pause(now) {
    this.running = null
    this.emit('pause', now)
  }
// ... existing code ...
