// ... existing code ...
  def price(ticket: Ticket): BigDecimal = {
    val full = base(ticket.vehicle) + PerPassenger * ticket.passengers
    if (isWeekend(ticket.date)) full * BigDecimal("1.1") else full
  }

  private def base(vehicle: Vehicle): BigDecimal = vehicle match {
// ... existing code ...
