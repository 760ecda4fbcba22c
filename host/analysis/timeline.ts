// Operations over time in a bounded number of bins, whatever the period: when there are too many bins, two become one.

const BINS_MAX = 120
const FIRST_WIDTH_MS = 1000

export interface Bin {
  /** Epoch ms. */
  readonly from: number
  readonly operations: number
  readonly failed: number
}

export class Timeline {
  #widthMs = FIRST_WIDTH_MS
  readonly #bins = new Map<number, { operations: number; failed: number }>()

  /** @param time epoch ms. Times that no clock can have shown are left out. */
  add(time: number, failed: boolean): void {
    if (!Number.isFinite(time)) return
    const at = Math.floor(time / this.#widthMs)
    let bin = this.#bins.get(at)
    if (!bin) {
      bin = { operations: 0, failed: 0 }
      this.#bins.set(at, bin)
    }
    bin.operations++
    if (failed) bin.failed++
    while (this.#bins.size > 2 * BINS_MAX) this.#widen()
  }

  /** Width of a bin, ms. */
  get widthMs(): number {
    return this.#widthMs
  }

  /** Every bin from the first one to the last, also empty ones. */
  bins(): Bin[] {
    if (this.#bins.size === 0) return []
    const extent = () => Math.max(...this.#bins.keys()) - Math.min(...this.#bins.keys()) + 1
    while (extent() > BINS_MAX) this.#widen()
    const first = Math.min(...this.#bins.keys())
    return Array.from({ length: extent() }, (_, i) => {
      const { operations, failed } = this.#bins.get(first + i) ?? { operations: 0, failed: 0 }
      return { from: (first + i) * this.#widthMs, operations, failed }
    })
  }

  #widen(): void {
    this.#widthMs *= 2
    const old = [...this.#bins]
    this.#bins.clear()
    for (const [at, { operations, failed }] of old) {
      const half = Math.floor(at / 2)
      const bin = this.#bins.get(half) ?? { operations: 0, failed: 0 }
      this.#bins.set(half, { operations: bin.operations + operations, failed: bin.failed + failed })
    }
  }
}
