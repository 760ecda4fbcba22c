// The id of an event: `<ring file id>-<sequence>`. Records come in order, so their ids differ in the last three digits a thousand times before the
// rest changes: the rest is kept for each ring and joined with digits that are at hand.

const DIGITS = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, '0'))

/** Rings whose beginning of an id is kept; a power of two. */
const KEPT = 64
const fileIdOf = new Array<string>(KEPT).fill('')
const thousandOf = new Float64Array(KEPT)
const beginningOf = new Array<string>(KEPT).fill('')

export function eventId(fileId: string, ring: number, sequence: number): string {
  if (sequence < 1000) return `${fileId}-${sequence}`
  const at = ring & (KEPT - 1)
  const thousand = Math.floor(sequence / 1000)
  if (thousandOf[at] !== thousand || fileIdOf[at] !== fileId) {
    fileIdOf[at] = fileId
    thousandOf[at] = thousand
    beginningOf[at] = `${fileId}-${thousand}`
  }
  return beginningOf[at]! + DIGITS[sequence - 1000 * thousand]!
}

/** The id of a record that there may be: NaN stands for none. */
export function idOrNone(fileId: string, ring: number, sequence: number): string | undefined {
  return Number.isNaN(sequence) ? undefined : eventId(fileId, ring, sequence)
}
