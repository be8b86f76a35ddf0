```typescript
// packages/tides/src/table.ts
// ... existing code ...

export function nextLow(tides: readonly Tide[], now: number): Tide | undefined {
  return tides.find((tide) => !tide.high && tide.time > now)
}

export function lastHigh(tides: readonly Tide[], now: number): Tide | undefined {
  return tides.findLast((tide) => tide.high && tide.time <= now)
}

export function range(tides: readonly Tide[]): number {
// ... existing code ...
```
