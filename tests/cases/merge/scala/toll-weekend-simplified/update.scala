-- ... (same as before)
  def isWeekend(date: LocalDate): Boolean =
    Set(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY).contains(date.getDayOfWeek)
}
