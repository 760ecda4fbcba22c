// Which operations a verb is about: the same options for every verb that reads.
import { type Command, InvalidArgumentError } from 'commander'
import { all, any, field } from '../filter/builder.ts'
import type { FilterExpression } from '../filter/expression.ts'
import { parseFilter } from '../filter/parser.ts'
import { MprtapError } from '../model/errors.ts'
import { MOMENT_FORMS, momentOf } from './moment.ts'
import { duration, notEmpty } from './option-values.ts'

/** What `[source...]` stands for. */
export const SOURCES_HELP =
  'folders of rings, ring files or captures (- for one that is piped in); none: the rings of this machine and what record has kept'

export interface SelectionOptions {
  readonly filter?: string
  readonly failed?: boolean
  /** Milliseconds. */
  readonly slow?: number
  readonly user?: readonly string[]
  readonly server?: readonly string[]
  readonly since?: string
  readonly until?: string
  /** Times without an offset are UTC. */
  readonly utc?: boolean
}

/** Adds the options. All of them must hold; of several users, or several servers, one. */
export function addSelectionOptions(command: Command): Command {
  command
    .option('--filter <expression>', 'only what matches, for example: outcome == "failed" && durationMs > 2s', notEmpty)
    .option('--failed', 'only failures')
    .option('--slow <duration>', 'only what took at least so long, for example 2s or 800ms', duration)
    .option('--user <sid>', 'only this user; * stands for any characters; may be given several times', several)
    .option('--server <name>', 'only this server; * stands for any characters; may be given several times', several)
  return addPeriodOptions(command, 'only what began then or later', 'only what began before then')
}

/** Adds --since, --until and --utc. */
export function addPeriodOptions(command: Command, since: string, until: string): Command {
  return command
    .option('--since <time>', `${since}: -1h, today, 08:00, 2026-01-31T08:00Z`, moment)
    .option('--until <time>', until, moment)
    .option('--utc', 'times are shown, and read, in UTC instead of local time')
}

function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, notEmpty(text)]
}

function moment(text: string): string {
  if (momentOf(text, 0, true) === undefined) throw new InvalidArgumentError(`Give ${MOMENT_FORMS}.`)
  return text
}

/** From when to when, epoch ms. */
export interface Period {
  readonly since: number | undefined
  readonly until: number | undefined
}

/** @throws MprtapError MPRTAP_INVALID_ARGUMENT when it ends before it begins. */
export function periodOf({ since, until, utc = false }: SelectionOptions, now: number): Period {
  const at = (text: string | undefined) => (text === undefined ? undefined : momentOf(text, now, utc))
  const period = { since: at(since), until: at(until) }
  if (period.since !== undefined && period.until !== undefined && period.since >= period.until)
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `--until ${until} is not after --since ${since}; nothing lies between them.`)
  return period
}

/**
 * All of the options as one filter; `undefined` when everything is wanted.
 *
 * @throws FilterSyntaxError when the text of --filter cannot be parsed.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT as {@link periodOf}.
 */
export function filterOf(
  options: SelectionOptions,
  now: number,
  level: 'operation' | 'notification' = 'operation',
): FilterExpression | undefined {
  const { since, until } = periodOf(options, now)
  const conditions: FilterExpression[] = []
  if (options.filter !== undefined) conditions.push(parseFilter(options.filter, level))
  if (options.failed) conditions.push(field('outcome').equals('failed'))
  if (options.slow !== undefined) conditions.push(field('durationMs').atLeast(options.slow))
  if (options.user) conditions.push(any(...options.user.map((sid) => field('user').glob(sid))))
  if (options.server) conditions.push(any(...options.server.flatMap(namesOfServer)))
  if (since !== undefined) conditions.push(field('time').atLeast(since))
  if (until !== undefined) conditions.push(field('time').lessThan(until))
  return conditions.length > 1 ? all(...conditions) : conditions[0]
}

/** Every form of a remote name on that server (docs/statistics.md has the table of forms). */
function namesOfServer(name: string): FilterExpression[] {
  const server = name.replace(/^[\\/]+/, '').replace(/[\\/]+$/, '')
  const beginnings = ['\\\\', '//', '\\\\?\\UNC\\', '\\\\.\\UNC\\'].map((start) => start + server)
  const forms = beginnings.flatMap((beginning) => [beginning, `${beginning}\\*`, `${beginning}/*`, `${beginning}@*`])
  const urls = ['http', 'https'].flatMap((scheme) => [``, `/*`, `:*`].map((rest) => `${scheme}://${server}${rest}`))
  return [...forms, ...urls].map((pattern) => field('remoteName').glob(pattern))
}
