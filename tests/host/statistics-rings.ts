// Rings whose operations the core counts, and the same operations as it delivers them.

import { expect } from 'vitest'
import * as abi from '../../assembly/abi.ts'
import type { Group } from '../../host/core/core.ts'
import { compileFilter } from '../../host/filter/compile.ts'
import type { FilterExpression } from '../../host/filter/expression.ts'
import type { RecordInput } from '../../host/testing/index.ts'
import { CoreDriver } from './core-driver.ts'
import type { Ring } from './filter-rings.ts'
import { post, pre, record } from './records.ts'
import { type Counted, groupsOf, KINDS, quantile, type ReferenceGroup } from './reference-statistics.ts'

/** After every wait is over. */
const MUCH_LATER = 1e9

export interface Counting {
  readonly driver: CoreDriver
  /** What was delivered, in order. */
  readonly operations: Counted[]
}

/** Reads rings to their ends with statistics on; `filter` decides what is delivered. */
export function countRings(
  rings: readonly Ring[],
  filter?: FilterExpression,
  kinds = [abi.BY_SERVER, abi.BY_SHARE, abi.BY_ERROR, abi.BY_IMAGE, abi.BY_USER],
): Counting {
  const driver = new CoreDriver(abi.LEVEL_OPERATION)
  if (filter) driver.core.setFilter(compileFilter(filter))
  driver.core.startStatistics(kinds)
  const operations: Counted[] = []
  const take = (rows: ReturnType<CoreDriver['rows']>) => {
    for (const { outcome, durationMs, status, remoteName, imageName, ring } of rows) {
      operations.push({ outcome, durationMs, status, remoteName, image: imageName, user: rings[ring]!.sid })
    }
    return rows.length
  }
  for (const [ring, { sid, writer }] of rings.entries()) {
    if (sid) driver.core.setUser(ring, sid)
    driver.open(ring, writer.bytes)
    take(driver.drain(ring, writer.bytes))
  }
  while (take(driver.expire(MUCH_LATER)) > 0);
  return { driver, operations }
}

interface WriteOptions {
  readonly halves?: 'both' | 'pre' | 'post'
  /** Ticks of 100 ns from the PRE to the POST, by both clocks. */
  readonly duration?: bigint
}

/** Writes an operation, or one half of it. */
export function write({ writer }: Ring, fields: Partial<RecordInput>, { halves = 'both', duration = 250_000n }: WriteOptions = {}): void {
  const sequence = halves === 'post' ? undefined : writer.append(pre({ ...fields, operationStatus: 0 }))
  if (halves !== 'pre')
    writer.append(post(sequence ?? 2n ** 40n, { wallTime: record.wallTime + duration, ...fields, ticks: record.ticks + duration }))
}

/** Durations counted, shortest, longest and mean are exact; a quantile is within 6.3 % of the true one, or half a microsecond. */
function expectDurations(group: Group, durations: readonly number[]): void {
  expect(group.durationMs?.count ?? 0).toBe(durations.length)
  if (!group.durationMs) return
  const { count, mean, min, max, ...quantiles } = group.durationMs
  const sum = durations.reduce((all, one) => all + one, 0)
  const extremes = durations.reduce(([least, most], one) => [Math.min(least!, one), Math.max(most!, one)], [Infinity, 0])
  expect([count, mean, min, max]).toEqual([durations.length, sum / durations.length, ...extremes])
  for (const [name, share] of [
    ['p50', 0.5],
    ['p90', 0.9],
    ['p99', 0.99],
  ] as const) {
    const truth = quantile(durations, share)
    expect(Math.abs(quantiles[name] - truth)).toBeLessThanOrEqual(Math.max(0.063 * truth, 0.000501))
  }
}

function expectGroup(group: Group, { key, outcomes, durations }: ReferenceGroup): void {
  const { succeeded, failed, cancelled, unfinished, operations } = group
  const expected = { key, counts: outcomes, operations: outcomes.reduce((all, one) => all + one, 0) }
  expect({ key: group.key, counts: [succeeded, failed, cancelled, unfinished], operations }).toEqual(expected)
  expectDurations(group, durations)
}

/** The core's groups of every kind are those of the reference, in the same order, with the same spelling. */
export function expectSameGroups({ driver, operations }: Counting): void {
  for (const kind of KINDS) {
    const groups = driver.core.groups(kind)
    const reference = groupsOf(operations, kind)
    expect(groups.map(({ key }) => key)).toEqual(reference.map(({ key }) => key))
    for (const [i, group] of groups.entries()) expectGroup(group, reference[i]!)
  }
}
