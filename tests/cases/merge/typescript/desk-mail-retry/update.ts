// ... existing code ...

  async reply(id: string, author: string, text: string): Promise<void> {
    const ticket = this.get(id)
    ticket.notes.push({ author, text, at: this.clock.now() })
    ticket.status = 'waiting'
    for (let attempt = 1; ; attempt++) {
      try {
        await this.mailer.send(ticket.from, `Re: ${ticket.subject}`, text)
        return
      } catch (error) {
        this.log.error('mail failed', { id, attempt, error })
        if (attempt === 3) throw error
      }
    }
  }

  close(id: string): void {
// ... existing code ...
