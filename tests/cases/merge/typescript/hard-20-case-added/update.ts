// ... existing code ...
  switch (kind) {
    case 'high':
      return { time, height: Number(height), high: true }
    case 'slack':
    case 'low':
      return { time, height: Number(height), high: false }
    // ... existing code ...
  }
}
// ... existing code ...
