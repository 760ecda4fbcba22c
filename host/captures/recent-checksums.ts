// The checksums of the records that a ring handed out lately: whether one that comes again is the same.
//
//      0 ┌───────────────────────────────┬───────────────────────────────┐
//        │ sequence 8, plus one          │ checksum 8                    │   4 words an entry; sequence 0: nothing
//     16 └───────────────────────────────┴───────────────────────────────┘

const REMEMBERED = 2048
const MASK = REMEMBERED - 1
const TWO_32 = 2 ** 32

export class RecentChecksums {
  readonly #words = new Uint32Array(4 * REMEMBERED)

  /** @param low @param high halves of the checksum. */
  add(sequence: number, low: number, high: number): void {
    const at = (sequence & MASK) << 2
    const words = this.#words
    words[at] = sequence + 1
    words[at + 1] = (sequence + 1) / TWO_32
    words[at + 2] = low
    words[at + 3] = high
  }

  /** False: another checksum was handed out under that sequence. A record that is no longer remembered is taken for the same. */
  isSame(sequence: number, low: number, high: number): boolean {
    const at = (sequence & MASK) << 2
    const words = this.#words
    const isRemembered = words[at + 1]! * TWO_32 + words[at]! === sequence + 1
    return !isRemembered || (words[at + 2] === low && words[at + 3] === high)
  }
}
