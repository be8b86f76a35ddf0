import { round } from './round.js'

export function sumOf(items) {
  let sum = 0;
  for (const item of items) {
    sum += item.price;
  }
  return round(sum);
}

export function cheapest(items) {
  return items.reduce((one, other) => (one.price < other.price ? one : other));
}
