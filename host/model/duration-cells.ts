// The cells of a histogram of durations, as the core counts them (assembly/abi.ts): an eighth of an octave of microseconds. Histograms of equal
// cells merge exactly.

export const CELLS = 272

/** The cell of a duration, ms. */
export function cellOf(ms: number): number {
  const us = Math.min(Math.floor(ms * 1000), 2 ** 49)
  if (us < 8) return Math.max(us, 0)
  const log2 = Math.floor(Math.log2(us))
  return Math.min(8 * (log2 - 2) + (Math.floor(us / 2 ** (log2 - 3)) & 7), CELLS - 1)
}

/** Where a cell begins, ms. The cell ends where the next one begins. */
export function beginningOf(cell: number): number {
  if (cell < 8) return cell / 1000
  const log2 = (cell >> 3) + 2
  return (2 ** log2 + (cell & 7) * 2 ** (log2 - 3)) / 1000
}

/** The middle of a cell, ms: at most 6.3 % from anything in it. */
export function middleOf(cell: number): number {
  return (beginningOf(cell) + beginningOf(cell + 1)) / 2
}

/**
 * The middle of the cell in which the duration is that a share of all does not exceed, ms.
 * @param countIn how many there are in a cell; @param count in all cells together, one at least.
 */
export function quantileOf(countIn: (cell: number) => number, count: number, share: number): number {
  let rest = Math.ceil(count * share)
  let cell = 0
  for (; cell < CELLS - 1; cell++) {
    rest -= countIn(cell)
    if (rest <= 0) break
  }
  return middleOf(cell)
}
