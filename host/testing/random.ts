/** xoshiro128** 1.1 (Blackman and Vigna), seeded through SplitMix32: the same numbers from the same seed on every machine. */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  /** @param seed a whole number; its low 32 bits count. */
  constructor(seed: number) {
    let state = seed | 0
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0
      let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
      return z ^ (z >>> 15)
    }
    this.#a = next()
    this.#b = next()
    this.#c = next()
    this.#d = next()
  }

  /** A whole number, 0 to 2^32 - 1. */
  u32(): number {
    const product = Math.imul(this.#b, 5)
    const result = Math.imul((product << 7) | (product >>> 25), 9)
    const t = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= t
    this.#d = (this.#d << 11) | (this.#d >>> 21)
    return result >>> 0
  }

  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32())
  }

  /** 0 <= x < 1. */
  unit(): number {
    return this.u32() / 2 ** 32
  }

  /** A whole number, 0 <= x < `limit`. */
  below(limit: number): number {
    return Math.floor(this.unit() * limit)
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.unit() < probability
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!
  }

  /** Picks by weight. */
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.unit() * choices.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, value] of choices) {
      left -= weight
      if (left < 0) return value
    }
    return choices[choices.length - 1]![1]
  }

  /** Waiting time until the next of events that come at random, `mean` apart. */
  exponential(mean: number): number {
    return -Math.log(1 - this.unit()) * mean
  }

  /** Log-normal: half of the values are below `median`; a tenth is above `median * e^(1.28 * sigma)`. */
  logNormal(median: number, sigma: number): number {
    let normal = -6
    for (let i = 0; i < 12; i++) normal += this.unit() // the sum of twelve is normal enough here
    return median * Math.exp(sigma * normal)
  }
}

/** Picks indices by Zipf's law: index i is 1 / (i + 1) as popular as index 0. */
export class Zipf {
  readonly #cumulative: Float64Array

  constructor(size: number) {
    this.#cumulative = new Float64Array(size)
    let sum = 0
    for (let i = 0; i < size; i++) {
      sum += 1 / (i + 1)
      this.#cumulative[i] = sum
    }
  }

  pick(random: Random): number {
    const at = random.unit() * this.#cumulative[this.#cumulative.length - 1]!
    let low = 0
    let high = this.#cumulative.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#cumulative[middle]! > at) high = middle
      else low = middle + 1
    }
    return low
  }
}
