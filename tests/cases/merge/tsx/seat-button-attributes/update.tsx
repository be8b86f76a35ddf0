// ... existing code ...
            <button
              key={seat.id}
              className={chosen.includes(seat) ? 'seat chosen' : 'seat'}
              aria-label={`Row ${row.name}, seat ${seat.number}`}
              disabled={seat.taken}
              onClick={() => toggle(seat)}
            >
              {seat.number}
            </button>
// ... existing code ...
