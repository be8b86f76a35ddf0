function parseControl(text) {
  const match = /^(\d+)\+(\d+)(?:d(\d+))?$/.exec(text)
  if (!match) {
    return null
  }
  return {
    minutes: Number(match[1]),
    increment: Number(match[2]),
    delay: Number(match[3] ?? 0),
  }
}
// ... existing code ...
