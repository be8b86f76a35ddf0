// ... existing code ...
  function toggle(seat: Seat) {
    if (!chosen.includes(seat) && chosen.length >= max) {
      return
    }
    const next = chosen.includes(seat)
// ... existing code ...
