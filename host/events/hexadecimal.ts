// 64-bit values as text, from their halves.

const TAILS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const HEADS = Array.from({ length: 256 }, (_, byte) => `0x${byte.toString(16)}`)

/** `0x` and digits, put together of bytes: several times faster than toString(16) on numbers that are not small integers. */
export function hexadecimal(high: number, low: number): string {
  return high === 0
    ? of32(low)
    : of32(high) + TAILS[low >>> 24] + TAILS[(low >>> 16) & 0xff] + TAILS[(low >>> 8) & 0xff] + TAILS[low & 0xff]
}

function of32(value: number): string {
  if (value < 0x100) return HEADS[value]!
  return (value < 0x10000 ? HEADS[value >>> 8]! : of32(value >>> 16) + TAILS[(value >>> 8) & 0xff]) + TAILS[value & 0xff]
}

const KNOWN_LOG2 = 12
const highs = new Uint32Array(1 << KNOWN_LOG2)
const lows = new Uint32Array(1 << KNOWN_LOG2)
const texts = new Array<string>(1 << KNOWN_LOG2).fill('0x0')

/** The same for values that come again and again, as the id of a logon does: some thousands are remembered. */
export function hexadecimalOfKnown(high: number, low: number): string {
  const place = Math.imul(low, 0x9e3779b1) >>> (32 - KNOWN_LOG2)
  if (lows[place] !== low || highs[place] !== high) {
    lows[place] = low
    highs[place] = high
    texts[place] = hexadecimal(high, low)
  }
  return texts[place]!
}
