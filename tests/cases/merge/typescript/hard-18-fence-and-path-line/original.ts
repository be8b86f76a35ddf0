import { readFile } from 'node:fs/promises'
import type { Harbour, Tide } from './types'

export interface TableOptions {
  harbour: Harbour
  /** Days to print, beginning with `from`. */
  days: number
  from: Date
  heights?: boolean
}

export class TideError extends Error {
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(`line ${line}: ${message}`)
  }
}

const CACHE = new Map<string, Tide[]>()

export async function loadTides(path: string): Promise<Tide[]> {
  const known = CACHE.get(path)
  if (known) return known
  const text = await readFile(path, 'utf8')
  const tides = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => parseTide(line, index + 1))
  CACHE.set(path, tides)
  return tides
}

export function parseTide(line: string, number: number): Tide {
  const [at, height, kind] = line.split(',')
  const time = Date.parse(at)
  if (Number.isNaN(time)) {
    throw new TideError(`bad time ${at}`, number)
  }
  switch (kind) {
    case 'high':
      return { time, height: Number(height), high: true }
    case 'low':
      return { time, height: Number(height), high: false }
    default:
      throw new TideError(`bad kind ${kind}`, number)
  }
}

export function nextHigh(tides: readonly Tide[], now: number): Tide | undefined {
  return tides.find((tide) => tide.high && tide.time > now)
}

export function nextLow(tides: readonly Tide[], now: number): Tide | undefined {
  return tides.find((tide) => !tide.high && tide.time > now)
}

export function range(tides: readonly Tide[]): number {
  let lowest = Infinity
  let highest = -Infinity
  for (const tide of tides) {
    lowest = Math.min(lowest, tide.height)
    highest = Math.max(highest, tide.height)
  }
  return highest - lowest
}

export function table(tides: readonly Tide[], options: TableOptions): string {
  const end = options.from.getTime() + options.days * 86_400_000
  const rows: string[] = [options.harbour.name]
  for (const tide of tides) {
    if (tide.time < options.from.getTime() || tide.time >= end) continue
    const mark = tide.high ? '▲' : '▽'
    const time = new Date(tide.time).toISOString().slice(0, 16).replace('T', ' ')
    rows.push(options.heights ? `${mark} ${time} ${tide.height.toFixed(1)} m` : `${mark} ${time}`)
  }
  return rows.join('\n')
}
