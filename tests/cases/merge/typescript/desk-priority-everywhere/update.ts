# ... imports ...
export interface Ticket {
  id: string
  subject: string
  from: string
  status: Status
  priority: number
  opened: number
  notes: Note[]
}
# ... Note stays the same ...
export interface Filter {
  status?: Status
  priority?: number
  from?: string
  text?: string
}
# ... NotFound, Desk constructor ...
  open(from: string, subject: string, text: string, priority = 0): Ticket {
    const ticket: Ticket = {
      id: randomUUID(),
      subject,
      from,
      status: 'open',
      priority,
      opened: this.clock.now(),
# ... everything up to find() unchanged ...
          if (filter.from && ticket.from !== filter.from) {
            continue
          }
          if (filter.priority !== undefined && ticket.priority < filter.priority) {
            continue
          }
          if (filter.text && !matches(ticket, filter.text)) {
# ... rest of the file unchanged ...
