// Headers for the fuzzer: good ones, mutated ones, and what opening has to say to each (RING.md section 1 and 6).

import * as abi from '../../assembly/abi.ts'
import { HEADER_FILE_ID, HEADER_HEAD, HEADER_USED } from '../../format/layout.ts'

const HEADS = [
  0n,
  1n,
  7n,
  255n,
  256n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
]

export class Header {
  readonly bytes = new Uint8Array(HEADER_USED)
  readonly #view = new DataView(this.bytes.buffer)

  /** A good header. */
  make(slotCountLog2: number, fileId: bigint, head: bigint): void {
    this.bytes.fill(0)
    this.bytes.set([0x4d, 0x50, 0x52, 0x54, 1, 0, slotCountLog2, 0])
    this.#view.setBigUint64(HEADER_FILE_ID, fileId, true)
    this.head = head
  }

  get head(): bigint {
    return this.#view.getBigUint64(HEADER_HEAD, true)
  }

  set head(value: bigint) {
    this.#view.setBigUint64(HEADER_HEAD, value, true)
  }

  get slotCountLog2(): number {
    return this.bytes[6]!
  }

  /** Changes something. */
  mutate(choose: (limit: number) => number): void {
    switch (choose(4)) {
      case 0:
        this.head = HEADS[choose(HEADS.length)]!
        return
      case 1:
        this.bytes[choose(16)] = choose(256)
        return
      case 2:
        this.bytes[choose(HEADER_USED)]! ^= 1 << choose(8)
        return
      case 3:
        this.head = BigInt.asUintN(64, this.head + BigInt(choose(600) - 300))
    }
  }

  /** What ringOpen() has to answer. */
  judge(fileSize: number): number {
    const [m, p, r, t, major, , log2] = this.bytes
    if (this.bytes.subarray(0, 8).every((byte) => byte === 0)) return abi.RING_EMPTY
    if (m !== 0x4d || p !== 0x50 || r !== 0x52 || t !== 0x54) return abi.RING_NOT_A_RING
    if (major !== 1) return abi.RING_OTHER_VERSION
    if (log2! < 2 || log2! > 20) return abi.RING_BAD_GEOMETRY
    if (fileSize !== 4096 + 512 * 2 ** log2!) return abi.RING_WRONG_SIZE
    if (this.#view.getBigUint64(HEADER_FILE_ID, true) === 0n) return abi.RING_NO_FILE_ID
    return this.head >= 2n ** 53n ? abi.RING_BAD_HEAD : abi.RING_GOOD
  }
}
