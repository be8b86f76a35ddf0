/* ... unchanged ... */
  open(from: string, subject: string, text: string): Ticket {
    const now = this.clock.now()
    const ticket: Ticket = {
      id: randomUUID(),
      subject,
      from,
      status:'open',
      opened: now,
      notes: [{ author: from, text, at: now }],
    }
/* ... unchanged ... */
