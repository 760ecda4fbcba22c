// Moments with a fraction of a millisecond: Date.now(), and the `time` of events, have whole ones only.

/** Now, epoch ms. */
export function exactNow(): number {
  return performance.timeOrigin + performance.now()
}

/** Of an event's timestamp, epoch ms. */
export function exactTime(timestamp: string): number {
  return Date.parse(`${timestamp.slice(0, 23)}Z`) + Number(timestamp.slice(23, 27)) / 10_000
}
