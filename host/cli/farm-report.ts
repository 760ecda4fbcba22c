// What `mprtap report --farm` reads: the statistics that the hosts of farms have published.

import { FarmStatistics } from '../analysis/farm-statistics.ts'
import { FARM_KINDS, type FarmKind, unpackStatistics, type ValueFault } from '../analysis/host-statistics.ts'
import { operationCountsOf } from '../model/counted-group.ts'
import { MprtapError } from '../model/errors.ts'
import type { GroupBy, GroupStatistics } from '../model/statistics.ts'
import { statusName } from '../model/status.ts'
import { credentialsOfEnvironment } from '../streams/credentials.ts'
import { bucketOf, readBucket } from '../streams/statistics-bucket.ts'
import { withEngine } from '../streams/with-engine.ts'
import { LEVEL_INFO, LEVEL_WARN } from '../text/event-json.ts'
import { formatTime } from '../text/time-text.ts'
import { EXIT_FAILURE, EXIT_OK } from './exit-codes.ts'
import type { ReportedRest } from './output/reported-rest.ts'
import type { CommandContext } from './verb.ts'

const FAULTS: Readonly<Record<ValueFault | 'foreign', string>> = {
  newer: 'are of a newer mprtap; use that one',
  tooLarge: 'are longer than any that a host publishes',
  damaged: 'are damaged',
  foreign: 'have keys that do not name hosts',
}

interface FarmReportOptions {
  readonly by: GroupBy
  readonly utc?: boolean
}

export interface FarmReport extends ReportedRest {
  readonly groups: readonly GroupStatistics[]
}

/**
 * @param sources URLs of streams, one at least.
 * @throws MprtapError when a URL is not valid, or nothing is published by `by`; an Error when the engine cannot be reached or has no bucket.
 */
export async function readFarm(
  sources: readonly string[],
  { by, utc = false }: FarmReportOptions,
  context: CommandContext,
): Promise<FarmReport> {
  const kind = FARM_KINDS.find((name) => name === by)
  if (!kind)
    throw new MprtapError(
      'MPRTAP_INVALID_ARGUMENT',
      `Hosts publish nothing by ${by}; with --farm there is --by ${FARM_KINDS.join(' and --by ')}.`,
    )
  if (sources.length === 0)
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', '--farm needs the URL of a stream; it looks like nats://host:4222/STREAM.')
  const farm = new FarmStatistics()
  let refused = 0
  for (const url of sources) refused += await readStream(url, farm, context.tell)
  const report = reportOf(farm, kind, refused, utc)
  const { redactor } = context
  if (!redactor || kind !== 'server') return report
  return {
    ...report,
    groups: report.groups.map((group) => (group.key === undefined ? group : { ...group, key: redactor.server(group.key) })),
  }
}

/** @returns how many values are not read. */
async function readStream(url: string, farm: FarmStatistics, tell: (text: string) => void): Promise<number> {
  const faults = new Map<string, number>()
  await withEngine(url, credentialsOfEnvironment(), async ({ connection, stream }) => {
    if (stream === '') throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `${url} names no stream; it looks like nats://host:4222/STREAM.`)
    try {
      await readBucket(connection, stream, ({ host, bytes }) => {
        const read = host === undefined ? 'foreign' : unpackStatistics(bytes)
        if (typeof read === 'string') faults.set(FAULTS[read], (faults.get(FAULTS[read]) ?? 0) + 1)
        else farm.add(read)
      })
    } catch (error) {
      if ((error as Error).name !== 'StreamNotFoundError') throw error
      throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `${url} has no bucket ${bucketOf(stream)}; make it: mprtap farm init ${url}.`, {
        cause: error,
      })
    }
  })
  for (const [fault, count] of faults) tell(`${url} has statistics that ${fault}; ${count} of them are not read.`)
  return [...faults.values()].reduce((sum, count) => sum + count, 0)
}

function reportOf(farm: FarmStatistics, by: FarmKind, refused: number, utc: boolean): FarmReport {
  const groups = farm.groups(by).map(({ key, ...counted }) => ({
    key: typeof key === 'number' ? (statusName(key) ?? String(key)) : key,
    ...operationCountsOf(counted),
  }))
  const lowerBounds = farm.lowerBounds(by)
  if (refused > 0) lowerBounds.push(`${refused} hosts are not read`)
  const { operations, succeeded, failed, cancelled, unfinished } = operationCountsOf({ outcomes: farm.outcomes, durations: undefined })
  const { hosts, lost } = farm
  const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString())
  const isLowerBound = lowerBounds.length > 0
  return {
    groups,
    summary: {
      type: 'farm-summary',
      operations,
      succeeded,
      failed,
      cancelled,
      unfinished,
      hosts,
      lost,
      isLowerBound,
      ...(isLowerBound ? { lowerBoundBecause: lowerBounds } : {}),
      from: iso(farm.since),
      to: iso(farm.newest),
      oldest: iso(farm.oldest),
    },
    level: isLowerBound ? LEVEL_WARN : LEVEL_INFO,
    loss: `${hosts} ${hosts === 1 ? 'host' : 'hosts'}, ${lost} lost`,
    more: `${isLowerBound ? `These are lower bounds: ${lowerBounds.join('; ')}.` : 'Each number is that of all operations.'}${periodText(farm, utc)}`,
    code: refused > 0 ? EXIT_FAILURE : EXIT_OK,
  }
}

function periodText({ since, oldest, newest }: FarmStatistics, utc: boolean): string {
  if (since === undefined || oldest === undefined || newest === undefined) return ' No host has published yet.'
  const style = { date: true, utc }
  return ` Counted since ${formatTime(since, style)}; published from ${formatTime(oldest, style)} to ${formatTime(newest, style)}.`
}
