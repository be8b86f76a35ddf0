package ferry

import java.time.DayOfWeek
import java.time.LocalDate

sealed trait Vehicle
case object Bicycle extends Vehicle
case object Motorbike extends Vehicle
final case class Car(length: Double) extends Vehicle
final case class Truck(length: Double, tons: Double) extends Vehicle

final case class Ticket(vehicle: Vehicle, passengers: Int, date: LocalDate)

object Toll {
  private val PerPassenger = BigDecimal("4.50")

  def price(ticket: Ticket): BigDecimal =
    base(ticket.vehicle) + PerPassenger * ticket.passengers

  private def base(vehicle: Vehicle): BigDecimal = vehicle match {
    case Bicycle => BigDecimal(2)
    case Motorbike => BigDecimal(9)
    case Car(length) if length > 5 => BigDecimal(24)
    case Car(_) => BigDecimal(18)
    case Truck(length, tons) => BigDecimal(12) + BigDecimal(length) * 3 + BigDecimal(tons)
  }

  def isWeekend(date: LocalDate): Boolean =
    date.getDayOfWeek match {
      case DayOfWeek.SATURDAY | DayOfWeek.SUNDAY => true
      case _ => false
    }
}
