// The checksums of the records that a ring handed out lately: whether one that comes again is the same.

const REMEMBERED = 2048
const MASK = REMEMBERED - 1

export class RecentChecksums {
  readonly #sequences = new Float64Array(REMEMBERED).fill(-1)
  readonly #low = new Uint32Array(REMEMBERED)
  readonly #high = new Uint32Array(REMEMBERED)

  /** @param low @param high halves of the checksum. */
  add(sequence: number, low: number, high: number): void {
    const at = sequence & MASK
    this.#sequences[at] = sequence
    this.#low[at] = low
    this.#high[at] = high
  }

  /** False: another checksum was handed out under that sequence. What is no longer remembered is taken for the same. */
  isSame(sequence: number, low: number, high: number): boolean {
    const at = sequence & MASK
    return this.#sequences[at] !== sequence || (this.#low[at] === low && this.#high[at] === high)
  }
}
