import { beep } from './sound.js'
import { format } from './format.js'

export function panel(clock) {
  const left = {
    name: clock.white,
    time: format(clock.leftMs),
    active: clock.turn === 'white',
  }
  const right = {
    name: clock.black,
    time: format(clock.rightMs),
    active: clock.turn === 'black',
  }
  if (clock.flagged) {
    beep(clock.volume)
  }
  return { left, right }
}
