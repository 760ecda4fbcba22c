import { writeFileSync } from 'node:fs'
import { changesBetween } from '../analysis/baseline.ts'
import { rowOf } from '../analysis/operation-row.ts'
import { ReportCollector } from '../analysis/report-data.ts'
import type { TapOptions } from '../index.ts'
import { reportPage } from '../report/page.ts'
import { readOperations } from './read-operations.ts'
import type { CommandContext } from './verb.ts'
import { wordingFor } from './wording.ts'

/** The package's version, put in by the build. */
declare const MPRTAP_VERSION: string

interface ReportPage {
  /** The file to write. */
  readonly html: string
  readonly filter: TapOptions['filter']
  /** Sources to compare with. */
  readonly baseline: readonly string[]
  readonly utc: boolean
}

/**
 * Writes the report as one page that needs nothing else.
 *
 * @returns how many operations it is made of.
 * @throws MprtapError when the sources cannot be opened; Node's system errors when the file cannot be written.
 */
export async function writeReportPage(
  sources: readonly string[],
  { html, filter, baseline, utc }: ReportPage,
  context: CommandContext,
): Promise<number> {
  const gather = async (from: readonly string[]) => {
    const collector = new ReportCollector()
    const read = await readOperations(from, filter, context, (operation) => collector.add(rowOf(operation)))
    return { ...read, data: collector.finish() }
  }
  const before = baseline.length > 0 ? await gather(baseline) : undefined
  const { data, losses, faults, accountName } = await gather(sources)
  const changes = before && changesBetween(before.data, data)
  const wording = await wordingFor(
    [...data.logons.slowest, ...data.groups.user].map((of) => ('user' in of ? of.user : String(of.key ?? ''))),
    (sid) => accountName(sid) ?? before?.accountName(sid),
    utc,
  )
  const { redactor } = context
  const shown = redactor ? [...sources.map((source) => redactor.text(source)), `names are redacted with key ${redactor.keyId}`] : sources
  const names = sources.length > 0 ? shown : ['the rings of this machine', ...shown]
  writeFileSync(html, reportPage(data, { wording, sources: names, losses, faults, changes, version: MPRTAP_VERSION }))
  return data.operations
}
