// ... existing code ...
    super(`line ${line}: ${message}`)
  }
}

export async function loadTides(path: string): Promise<Tide[]> {
  const text = await readFile(path, 'utf8')
  const tides = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => parseTide(line, index + 1))
  return tides
}

export function parseTide(line: string, number: number): Tide {
// ... existing code ...
