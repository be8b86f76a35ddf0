// ... existing code ...
  press(now) {
    if (!this.running) {
      return
    }
    const spent = now - this.startedAt
// ... existing code ...
