// ... existing code ...
  from: Date
  heights?: boolean
  timeZone?: string
}

// ... existing code ...

    const mark = tide.high ? '▲' : '▽'
    const time = new Date(tide.time).toLocaleString('sv-SE', {
      timeZone: options.timeZone ?? 'UTC',
      dateStyle: 'short',
      timeStyle: 'short',
    })
    rows.push(options.heights ? `${mark} ${time} ${tide.height.toFixed(1)} m` : `${mark} ${time}`)
  }
  return rows.join('\n')
// ... existing code ...
