// Measures variants against each other on a machine that is not quiet: one sample of each in turn, round after round, so that whatever
// else goes on hits all of them alike. Medians over the rounds; ratios are of medians of the same run.

export interface Variant {
  readonly name: string
  /** What it does, for the table. */
  readonly label: string
  /**
   * Works through `count` records from sequence `first` on and returns a number that depends on what it read. `first` and `count` are
   * multiples of SLICE.
   */
  pass(first: number, count: number): number | Promise<number>
  /** The first `count` notifications as plain objects, every field of which is compared with the truth. */
  objects?(count: number): unknown[]
}

/** Where variants that make objects leave them for a while, as programs do: an object that nobody keeps might never be made. */
export const kept: unknown[] = new Array(256)

export interface Group {
  readonly name: string
  readonly title: string
  /** Every pass has to take the whole ring. */
  readonly whole?: boolean
  readonly variants: readonly Variant[]
  /** What `pass(first, count)` has to return. */
  expected(first: number, count: number): number
}

/** Records that a pass takes at least. */
export const SLICE = 256

export interface Timing {
  readonly variant: string
  readonly label: string
  /** ns a record, by the clock on the wall. */
  readonly median: number
  readonly min: number
  readonly max: number
  /** ns a record of processor time, helpers of the garbage collector included; median. Near `median` on a quiet machine. */
  readonly cpu: number
  readonly rounds: number
}

export interface MeasureOptions {
  readonly records: number
  readonly rounds: number
  /** How long a sample should take, ms. */
  readonly sampleMs: number
}

interface Plan {
  readonly variant: Variant
  readonly count: number
  readonly passes: number
  readonly samples: number[]
  readonly cpuSamples: number[]
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** `fraction` 0.99: the value that 99% of the others do not exceed. */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))]!
}

/** Collects garbage, all or the young only, so that nobody's is collected on another's time. Needs `--expose-gc`. */
export const collect = (globalThis as { gc?: (options?: { type: 'minor' }) => void }).gc ?? (() => {})

async function checked(group: Group, variant: Variant, first: number, count: number): Promise<void> {
  const found = await variant.pass(first, count)
  const wanted = group.expected(first, count)
  if (found !== wanted) {
    throw new Error(`${group.name}, ${variant.name}: ${count} records from ${first} on give ${found}, not ${wanted}. Nothing was measured.`)
  }
}

/** Runs a variant until it is compiled and its tables are filled, then decides how much of the ring makes a sample. */
async function warmUp(group: Group, variant: Variant, { records, sampleMs }: MeasureOptions): Promise<Plan> {
  await checked(group, variant, 0, records)
  const started = performance.now()
  let passes = 0
  let count = records
  while (passes < 2 || performance.now() - started < 4 * sampleMs) {
    const before = performance.now()
    await variant.pass(0, count)
    passes++
    // A slow variant takes a part of the ring, another one each round.
    if (!group.whole && performance.now() - before > 2 * sampleMs && count > SLICE * 4) count /= 2
  }
  const before = performance.now()
  await checked(group, variant, records - count, count)
  const fits = Math.floor(sampleMs / (performance.now() - before))
  return { variant, count, passes: Math.max(1, fits), samples: [], cpuSamples: [] }
}

async function sample({ variant, count, passes, samples, cpuSamples }: Plan, round: number, { records }: MeasureOptions): Promise<void> {
  const first = (round * count) % records
  collect({ type: 'minor' })
  const cpuBefore = process.cpuUsage()
  const before = process.hrtime.bigint()
  for (let pass = 0; pass < passes; pass++) await variant.pass(first, count)
  samples.push(Number(process.hrtime.bigint() - before) / (passes * count))
  const { user, system } = process.cpuUsage(cpuBefore)
  cpuSamples.push((1000 * (user + system)) / (passes * count))
}

/** Checks that all variants of all groups give the right answer, then times them. Throws when one does not. */
export async function measure(
  groups: readonly Group[],
  options: MeasureOptions,
  tell: (text: string) => void,
): Promise<Map<string, Timing[]>> {
  const plans = new Map<string, Plan[]>()
  for (const group of groups) {
    tell(`checking and warming up: ${group.title}`)
    const warm: Plan[] = []
    for (const variant of group.variants) warm.push(await warmUp(group, variant, options))
    plans.set(group.name, warm)
  }
  for (let round = 0; round <= options.rounds; round++) {
    tell(round === 0 ? 'a round that does not count' : `round ${round} of ${options.rounds}`)
    for (const plan of [...plans.values()].flat()) await sample(plan, round, options)
    if (round > 0) continue
    for (const { samples, cpuSamples } of [...plans.values()].flat()) {
      samples.length = 0
      cpuSamples.length = 0
    }
  }
  return new Map([...plans].map(([group, list]) => [group, list.map(timingOf)]))
}

function timingOf({ variant: { name, label }, samples, cpuSamples }: Plan): Timing {
  const round = (ns: number) => Number(ns.toPrecision(4))
  return {
    variant: name,
    label,
    median: round(median(samples)),
    min: round(Math.min(...samples)),
    max: round(Math.max(...samples)),
    cpu: round(median(cpuSamples)),
    rounds: samples.length,
  }
}
