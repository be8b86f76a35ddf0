import { randomUUID } from 'node:crypto'
import type { Clock, Logger, Mailer } from './ports'

export type Status = 'open' | 'waiting' | 'closed'

export interface Ticket {
  id: string
  subject: string
  from: string
  status: Status
  opened: number
  notes: Note[]
}

export interface Note {
  author: string
  text: string
  at: number
}

export interface Filter {
  status?: Status
  from?: string
  text?: string
}

export class NotFound extends Error {
  constructor(readonly id: string) {
    super(`no ticket ${id}`)
    this.name = 'NotFound'
  }
}

export class Desk {
  private readonly tickets = new Map<string, Ticket>()

  constructor(
    private readonly clock: Clock,
    private readonly mailer: Mailer,
    private readonly log: Logger,
  ) {}

  open(from: string, subject: string, text: string): Ticket {
    const ticket: Ticket = {
      id: randomUUID(),
      subject,
      from,
      status: 'open',
      opened: this.clock.now(),
      notes: [{ author: from, text, at: this.clock.now() }],
    }
    this.tickets.set(ticket.id, ticket)
    this.log.info('opened', { id: ticket.id })
    return ticket
  }

  get(id: string): Ticket {
    const ticket = this.tickets.get(id)
    if (!ticket) {
      throw new NotFound(id)
    }
    return ticket
  }

  async reply(id: string, author: string, text: string): Promise<void> {
    const ticket = this.get(id)
    ticket.notes.push({ author, text, at: this.clock.now() })
    ticket.status = 'waiting'
    try {
      await this.mailer.send(ticket.from, `Re: ${ticket.subject}`, text)
    } catch (error) {
      this.log.error('mail failed', { id, error })
    }
  }

  close(id: string): void {
    const ticket = this.get(id)
    ticket.status = 'closed'
    this.log.info('closed', { id })
  }

  reopen(id: string): void {
    const ticket = this.get(id)
    ticket.status = 'open'
    this.log.info('reopened', { id })
  }

  find(filter: Filter): Ticket[] {
    const found: Ticket[] = []
    for (const ticket of this.tickets.values()) {
      if (filter.status && ticket.status !== filter.status) {
        continue
      }
      if (filter.from && ticket.from !== filter.from) {
        continue
      }
      if (filter.text && !matches(ticket, filter.text)) {
        continue
      }
      found.push(ticket)
    }
    return found.sort((a, b) => a.opened - b.opened)
  }

  stale(days: number): Ticket[] {
    const limit = this.clock.now() - days * 86_400_000
    return this.find({ status: 'waiting' }).filter((ticket) => {
      const last = ticket.notes[ticket.notes.length - 1]
      return last.at < limit
    })
  }
}

function matches(ticket: Ticket, text: string): boolean {
  const needle = text.toLowerCase()
  return (
    ticket.subject.toLowerCase().includes(needle) ||
    ticket.notes.some((note) => note.text.toLowerCase().includes(needle))
  )
}

export function summary(tickets: readonly Ticket[]): string {
  const counts: Record<Status, number> = { open: 0, waiting: 0, closed: 0 }
  for (const ticket of tickets) {
    counts[ticket.status] += 1
  }
  return Object.entries(counts)
    .map(([status, count]) => `${status}: ${count}`)
    .join(', ')
}

export function toCsv(tickets: readonly Ticket[]): string {
  const rows = tickets.map((ticket) =>
    [ticket.id, ticket.from, ticket.subject, ticket.status].join(';'),
  )
  return ['id;from;subject;status', ...rows].join('\n')
}
