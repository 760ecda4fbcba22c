// How long to wait before the next attempt: full jitter, so that many hosts which lost their engine at once do not come back at once.

const FIRST_MS = 200
const LONGEST_MS = 30_000

/** A random wait: at most 200 ms after the first attempt, twice as much after each further one, never more than 30 s. */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 20))
}
