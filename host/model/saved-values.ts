// Values in files that mprtap wrote: the files may have been changed since, so they may say anything.

const HEXADECIMAL_16 = /^[0-9a-f]{16}$/

/** A number of things, or a sequence: whole, and held exactly by a double (RING.md section 6: no writer comes to 2^53). */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)
}

/** 64 bits, such as the id of a ring file or a checksum. */
export function isHexadecimal16(value: unknown): value is string {
  return typeof value === 'string' && HEXADECIMAL_16.test(value)
}
