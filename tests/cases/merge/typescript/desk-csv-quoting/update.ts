function quote(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`
}

export function toCsv(tickets: readonly Ticket[]): string {
  const rows = tickets.map((ticket) =>
    [ticket.id, ticket.from, ticket.subject, ticket.status].map(quote).join(';'),
  )
  return ['id;from;subject;status', ...rows].join('\n')
}
