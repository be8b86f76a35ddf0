// ... imports ...
const DEFAULTS = {
  minutes:5,
  increment: 3,
  delay: 1,
}
// ... rest of class ...
    this.running = color==='white' ? 'black' : 'white'
    this.startedAt = now
    this.emit('press', color, spent)
  }
// ... the rest stays as is ...
