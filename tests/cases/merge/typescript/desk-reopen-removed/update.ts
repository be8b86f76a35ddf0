// ... existing code ...
  close(id: string): void {
    const ticket = this.get(id)
    ticket.status = 'closed'
    this.log.info('closed', { id })
  }

  find(filter: Filter): Ticket[] {
    // ... existing code ...
