// The options of openTap(), and how they are checked: programs without types may give anything.

import type { ConsumerSettings } from '../consumers/consumer.ts'
import { filterFor } from '../filter/check.ts'
import type { FilterExpression } from '../filter/expression.ts'
import type { Loss } from '../model/account.ts'
import { checkConsumerName } from '../model/consumer-name.ts'
import { LONGEST_REST_MS, UNFINISHED_AFTER_MS } from '../model/defaults.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import { MprtapError } from '../model/errors.ts'
import { invalidOption, readOptions, shown } from '../model/options.ts'
import { isTestSource, type TestSource } from '../model/source.ts'
import type { GroupBy } from '../model/statistics.ts'
import { isStopSignal, type StopSignal } from '../model/stop-signal.ts'
import { isDevicePath } from '../model/windows-path.ts'

/** What a tap reads, and how. */
export interface TapOptions {
  /**
   * Paths of what is read: folders of rings (with `users` and `administrators` in them, also copied from another machine) and ring files, any number of
   * them; captures (`.pcapng`, `.pcapng.gz`, and `-` for one that is piped in); or a `FakeSource` of
   * `mprtap/testing`, whose clock is the tap's then. Default: this machine's rings, and, where
   * reading does not begin with what comes now, what `mprtap record` keeps of them in its default folder.
   * A ring that lies in several of them is read once. Where two have different records under one id, both are read, and onDiagnostic hears of it.
   */
  readonly sources?: readonly (string | TestSource)[] | undefined
  /** Go on when the end is reached. Default true; false: what lies there now is read to its end, on any system and without native code, and the tap ends. */
  readonly follow?: boolean | undefined
  /** Only what matches is delivered: a text in the filter language (docs/filters.md), or an expression built with `field()`. */
  readonly filter?: string | FilterExpression | undefined
  /**
   * `now` (default): what is recorded from now on. `oldest`: also what is in the rings already. Rings that appear later are read from their beginning.
   * What lies at rest (`follow: false`) is always read from its oldest record.
   * `{ consumer }`: from where the last tap of that name was, or `oldest` if there was none (docs/consumers.md).
   */
  readonly from?: 'now' | 'oldest' | { readonly consumer: string } | undefined
  /** Where named consumers' checkpoint files are kept, if not in the folder `consumers` beside the rings or below the user's own data folder. */
  readonly checkpointFolder?: string | undefined
  /** Paired operations (default), or the single notifications. */
  readonly level?: 'operation' | 'notification' | undefined
  /**
   * Count operations as they pass, for `tap.statistics()`: by what is named (`['share']`), which is all that is paid for, or by server, share,
   * error, image and user (`true`). Default false; not with level `notification`.
   */
  readonly statistics?: boolean | readonly GroupBy[] | undefined
  /** How long an operation's POST is waited for before it counts as unfinished, ms. Default 300,000: prompts for credentials take long. */
  readonly unfinishedAfterMs?: number | undefined
  /**
   * How long the tap rests at most between two looks at a ring that has been silent for ten seconds, ms: 1 to 60,000, default 500. The first event after a
   * silence arrives up to that much later; the longer the rest, the less an idle tap costs. While there is news a tap looks every 50 ms at least (docs/adr/0007).
   */
  readonly longestRestMs?: number | undefined
  /**
   * The path of a key file (`mprtap … --redact-new` makes one): users, servers, shares and other names become pseudonyms, everywhere and always the same ones
   * with the same key. Filters may have names or pseudonyms. Not with a named consumer, whose checkpoint has paths in it.
   */
  readonly redact?: string | undefined
  /** Closes the tap when aborted. */
  readonly signal?: StopSignal | undefined
  /** Called when records were lost, with how many and why. */
  readonly onLoss?: ((loss: Loss) => void) | undefined
  /** Called when something cannot be read or kept (docs/errors.md has the codes); the tap goes on with the rest. */
  readonly onDiagnostic?: ((diagnostic: Diagnostic) => void) | undefined
}

/** A tap that looked more seldom than this would hardly be one. */
const REST_LIMIT_MS = 60_000
const GROUPED_BY: readonly GroupBy[] = ['server', 'share', 'error', 'image', 'user']

const OPTIONS = [
  'sources',
  'follow',
  'filter',
  'from',
  'checkpointFolder',
  'level',
  'statistics',
  'unfinishedAfterMs',
  'longestRestMs',
  'redact',
  'signal',
  'onLoss',
  'onDiagnostic',
] as const satisfies readonly (keyof TapOptions)[]

/** Options as they were found to be good. */
export interface CheckedOptions {
  readonly signal: TapOptions['signal']
  readonly onLoss: TapOptions['onLoss']
  readonly onDiagnostic: TapOptions['onDiagnostic']
  readonly sources: readonly (string | TestSource)[]
  readonly follow: boolean
  readonly filter: FilterExpression | undefined
  readonly from: 'now' | 'oldest'
  readonly consumer: ConsumerSettings | undefined
  readonly redact: string | undefined
  readonly level: 'operation' | 'notification'
  /** What operations are counted by. */
  readonly statistics: readonly GroupBy[]
  readonly unfinishedAfterMs: number
  readonly longestRestMs: number
}

/**
 * Reads each option once and checks it.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT, MPRTAP_FILTER_SYNTAX; what a getter or a proxy threw is its cause.
 */
export function checkOptions(options: unknown): CheckedOptions {
  try {
    return checked(readOptions<TapOptions>(options, OPTIONS, 'openTap()'))
  } catch (cause) {
    if (cause instanceof MprtapError) throw cause
    const text = `The options of openTap() could not be read: ${shown((cause as Error | undefined)?.message)}.`
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', text, { cause })
  }
}

function checked(options: TapOptions): CheckedOptions {
  const { level = 'operation', statistics = false, follow = true, unfinishedAfterMs = UNFINISHED_AFTER_MS, signal } = options
  const { longestRestMs = LONGEST_REST_MS, redact, onLoss, onDiagnostic, checkpointFolder } = options
  const name = nameOfConsumer(options.from)
  if (checkpointFolder !== undefined && (typeof checkpointFolder !== 'string' || checkpointFolder === ''))
    invalidOption('checkpointFolder', checkpointFolder, 'a path')
  if (checkpointFolder !== undefined && name === undefined)
    exclude('checkpointFolder', 'from', 'only a tap of a named consumer, from: { consumer }, has a checkpoint')
  oneOf('level', level, ['operation', 'notification'])
  const counted = countedBy(statistics)
  if (counted.length > 0 && level !== 'operation') exclude('statistics', 'level', 'statistics count operations, not notifications')
  isBoolean('follow', follow)
  if (!follow && options.from === 'now') exclude('follow', 'from', 'a source at rest brings nothing new; leave "from" out')
  if (typeof unfinishedAfterMs !== 'number' || !(unfinishedAfterMs > 0))
    invalidOption('unfinishedAfterMs', unfinishedAfterMs, 'a positive number of milliseconds')
  if (typeof longestRestMs !== 'number' || !(longestRestMs >= 1 && longestRestMs <= REST_LIMIT_MS))
    invalidOption('longestRestMs', longestRestMs, `a number of milliseconds from 1 to ${REST_LIMIT_MS}`)
  if (redact !== undefined && (typeof redact !== 'string' || redact === '')) invalidOption('redact', redact, 'the path of a key file')
  if (redact !== undefined && name !== undefined) exclude('redact', 'from', 'the checkpoint of a named consumer has paths in it')
  isCallback('onLoss', onLoss)
  isCallback('onDiagnostic', onDiagnostic)
  if (signal !== undefined && !isStopSignal(signal)) invalidOption('signal', signal, 'an AbortSignal')
  return {
    sources: sourcesOf(options.sources),
    follow,
    filter: options.filter === undefined ? undefined : filterFor(options.filter, level),
    from: options.from === 'now' || options.from === undefined ? 'now' : 'oldest',
    consumer: name === undefined ? undefined : { name, checkpointFolder },
    level,
    statistics: counted,
    unfinishedAfterMs,
    longestRestMs,
    redact,
    signal,
    onLoss,
    onDiagnostic,
  }
}

function nameOfConsumer(from: TapOptions['from']): string | undefined {
  if (typeof from === 'object' && from !== null) {
    const { consumer } = readOptions<{ readonly consumer: unknown }>(from, ['consumer'], 'from')
    checkConsumerName(consumer)
    return consumer
  }
  if (from !== undefined && from !== 'now' && from !== 'oldest') invalidOption('from', from, '"now", "oldest" or { consumer: "name" }')
  return undefined
}

function sourcesOf(sources: TapOptions['sources']): readonly (string | TestSource)[] {
  if (sources === undefined) return []
  if (!Array.isArray(sources)) invalidOption('sources', sources, 'a list of paths')
  const copy = Array.from(sources as readonly unknown[])
  for (const [i, source] of copy.entries()) {
    if (source === '' || (typeof source !== 'string' && !isTestSource(source))) invalidOption(`sources[${i}]`, source, 'a path')
    if (process.platform === 'win32' && typeof source === 'string' && !source.includes('://') && isDevicePath(source))
      invalidOption(`sources[${i}]`, source, 'a path, and Windows has a device of that name')
  }
  return copy as readonly (string | TestSource)[]
}

function countedBy(statistics: TapOptions['statistics']): readonly GroupBy[] {
  if (typeof statistics === 'boolean') return statistics ? GROUPED_BY : []
  const list = Array.isArray(statistics) ? [...new Set(Array.from(statistics as readonly unknown[]))] : undefined
  if (!list?.every((by) => GROUPED_BY.includes(by as GroupBy)))
    invalidOption('statistics', statistics, `true, false or a list of ${GROUPED_BY.map((by) => JSON.stringify(by)).join(', ')}`)
  return list as readonly GroupBy[]
}

function oneOf(option: string, value: unknown, allowed: readonly string[]): void {
  if (!allowed.includes(value as string)) invalidOption(option, value, allowed.map((name) => JSON.stringify(name)).join(' or '))
}

function isBoolean(option: string, value: unknown): void {
  if (typeof value !== 'boolean') invalidOption(option, value, 'true or false')
}

function isCallback(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') invalidOption(option, value, 'a function')
}

/** Two options that cannot both hold. */
function exclude(option: string, other: string, why: string): never {
  throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `Options "${option}" and "${other}" exclude each other: ${why}.`)
}
