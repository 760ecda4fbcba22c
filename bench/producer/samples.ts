// What the programs of this benchmark print, and what is made of it.

import { median, percentile } from '../lib/measure.ts'

/** ns a call. */
export interface Cost {
  /** Median over batches of calls: with a reader at the other end, its share of the work is in it. */
  readonly batch: number
  /** Over calls that were timed one by one, the clock's share taken off. */
  readonly median: number
  readonly p99: number
  readonly p99_9: number
  readonly calls: number
}

export type Costs = Readonly<Record<string, Cost>>

/** Reads lines `NAME batch NS` and `NAME single NS NS …`, of one process or of several one after the other. */
export function costsOf(lines: string): Costs {
  const found = new Map<string, { batch: number[]; single: number[] }>()
  for (const [, name, kind, numbers] of lines.matchAll(/^(.+) (batch|single) ([\d. ]+)\r?$/gm)) {
    const samples = found.get(name!) ?? { batch: [], single: [] }
    found.set(name!, samples)
    for (const number of numbers!.split(' ')) samples[kind as 'batch' | 'single'].push(Number(number))
  }
  const clock = median(found.get('nothing')?.single ?? [])
  const round = (ns: number) => Number(Math.max(0, ns).toPrecision(4))
  const costs: Record<string, Cost> = {}
  for (const [name, { batch, single }] of found) {
    if (name === 'nothing') continue
    const rest = (fraction: number) => round(percentile(single, fraction) - clock)
    costs[name] = { batch: round(median(batch)), median: rest(0.5), p99: rest(0.99), p99_9: rest(0.999), calls: single.length }
  }
  return costs
}

/** One ring, several processes. */
export interface Together {
  readonly notification: Cost
  /** Notifications that found no slot: stalled writers held those that they claimed. */
  readonly unwritten: number
}

export function togetherOf(lines: string): Together {
  const { notification } = costsOf(lines)
  if (!notification) throw new Error('no process measured a notification')
  const unwritten = [...lines.matchAll(/^unwritten (\d+)\r?$/gm)].reduce((sum, [, count]) => sum + Number(count), 0)
  return { notification, unwritten }
}
