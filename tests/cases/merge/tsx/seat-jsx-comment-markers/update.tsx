import { useMemo, useState } from 'react'
import type { Seat } from '../types'

type Props = {
  // ... existing code ...
}

// ... existing code ...

  return (
    <section className="picker">
      {/* ... existing code ... */}
        </div>
      ))}
      <footer>
        {/* ... existing code ... */}
      </footer>
    </section>
  )
}

// ... existing code ...
