import { useMemo, useState } from 'react'
import type { Seat } from '../types'
import { Legend } from './Legend'

type Props = {
  seats: Seat[]
  max: number
  onChange: (chosen: Seat[]) => void
}

export function SeatPicker({ seats, max, onChange }: Props) {
  const [chosen, setChosen] = useState<Seat[]>([])
  const rows = useMemo(() => groupByRow(seats), [seats])

  function toggle(seat: Seat) {
    const next = chosen.includes(seat)
      ? chosen.filter((other) => other !== seat)
      : [...chosen, seat]
    setChosen(next)
    onChange(next)
  }

  return (
    <section className="picker">
      <header>
        <h2>Pick your seats</h2>
        <p>
          {chosen.length} of {max}
        </p>
      </header>
      {rows.map((row) => (
        <div className="row" key={row.name}>
          <span className="row-name">{row.name}</span>
          {row.seats.map((seat) => (
            <button
              key={seat.id}
              className={chosen.includes(seat) ? 'seat chosen' : 'seat'}
              onClick={() => toggle(seat)}
            >
              {seat.number}
            </button>
          ))}
        </div>
      ))}
      <Legend />
      <footer>
        <button className="primary" disabled={chosen.length === 0}>
          Book
        </button>
      </footer>
    </section>
  )
}

function groupByRow(seats: Seat[]) {
  const rows = new Map<string, Seat[]>()
  for (const seat of seats) {
    rows.set(seat.row, [...(rows.get(seat.row) ?? []), seat])
  }
  return [...rows].map(([name, seats]) => ({ name, seats }))
}
