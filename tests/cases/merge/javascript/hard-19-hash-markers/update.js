# ... existing code ...
  format(color) {
    const ms = this.remaining[color]
    if (ms < 10_000) {
      return (ms / 1000).toFixed(1)
    }
    const minutes = Math.floor(ms / 60_000)
# ... existing code ...
