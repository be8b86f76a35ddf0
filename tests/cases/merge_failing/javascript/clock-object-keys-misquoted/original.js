'use strict'

const EventEmitter = require('node:events')

const DEFAULTS = {
  minutes: 5,
  increment: 3,
  delay: 0,
}

class ChessClock extends EventEmitter {
  constructor(options = {}) {
    super()
    this.options = { ...DEFAULTS, ...options }
    this.remaining = {
      white: this.options.minutes * 60_000,
      black: this.options.minutes * 60_000,
    }
    this.running = null
    this.startedAt = 0
  }

  start(color, now) {
    if (this.running) {
      return
    }
    this.running = color
    this.startedAt = now
    this.emit('start', color)
  }

  press(now) {
    if (!this.running) {
      throw new Error('the clock is not running')
    }
    const spent = now - this.startedAt
    const color = this.running
    this.remaining[color] -= Math.max(0, spent - this.options.delay * 1000)
    if (this.remaining[color] <= 0) {
      this.flag(color)
      return
    }
    this.remaining[color] += this.options.increment * 1000
    this.running = color === 'white' ? 'black' : 'white'
    this.startedAt = now
    this.emit('press', color)
  }

  flag(color) {
    this.remaining[color] = 0
    this.running = null
    this.emit('flag', color)
  }

  format(color) {
    const ms = this.remaining[color]
    const minutes = Math.floor(ms / 60_000)
    const seconds = Math.floor((ms % 60_000) / 1000)
    return `${minutes}:${String(seconds).padStart(2, '0')}`
  }
}

function parseControl(text) {
  const match = /^(\d+)\+(\d+)$/.exec(text)
  if (!match) {
    return null
  }
  return {
    minutes: Number(match[1]),
    increment: Number(match[2]),
  }
}

module.exports = { ChessClock, parseControl }
