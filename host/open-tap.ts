import { Callbacks } from './callbacks.ts'
import { withSids } from './filter/accounts.ts'
import type { FilterExpression } from './filter/expression.ts'
import type { Loss } from './model/account.ts'
import type { Diagnostic } from './model/diagnostic.ts'
import type { Notification, Operation } from './model/events.ts'
import type { TestSource } from './model/source.ts'
import type { StopSignal } from './model/stop-signal.ts'
import { openSources } from './open-sources.ts'
import { accounts } from './system/accounts.ts'
import { systemClock } from './system/clock.ts'
import { OpenedTap, type Tap, type TapSettings } from './tap.ts'
import { checkOptions } from './tap-options.ts'

/** What a tap reads, and how. */
export interface TapOptions {
  /**
   * Paths of what is read: folders of rings (with `users` and `administrators` in them, also copied from another machine) and ring files, any number of
   * them; captures (`.pcapng`, `.pcapng.gz`, and `-` for one that is piped in); or a `FakeSource` of
   * `mprtap/testing`, whose clock is the tap's then. Default: this machine's rings, and, where
   * reading does not begin with what comes now, what `mprtap record` keeps of them in its default folder.
   * A ring that lies in several of them is read once. Where two have different records under one id, both are read, and onDiagnostic is told.
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
  /** Where named consumers' checkpoint files are kept, if not in the folder `consumers` beside the rings or below the user's own data directory. */
  readonly checkpointFolder?: string | undefined
  /** Paired operations (default), or the single notifications. */
  readonly level?: 'operation' | 'notification' | undefined
  /** Count operations by server, share, error, image and user as they pass, for `tap.statistics()`. Default false; not with level `notification`. */
  readonly statistics?: boolean | undefined
  /** How long an operation's POST is waited for before it counts as unfinished, ms. Default 300,000: prompts for credentials take long. */
  readonly unfinishedAfterMs?: number | undefined
  /**
   * How long the tap rests at most between two looks at a ring that has been silent for ten seconds, ms: 1 to 60,000, default 500. The first event after a
   * silence arrives up to that much later; the longer the rest, the less an idle tap costs. While there is news a tap looks every 50 ms at least (docs/adr/0007).
   */
  readonly longestRestMs?: number | undefined
  /** Closes the tap when aborted. */
  readonly signal?: StopSignal | undefined
  /** Called when records were lost, with how many and why. */
  readonly onLoss?: ((loss: Loss) => void) | undefined
  /** Called when something cannot be read or kept (docs/errors.md has the codes); the tap goes on with the rest. */
  readonly onDiagnostic?: ((diagnostic: Diagnostic) => void) | undefined
}

/**
 * Opens a tap: a stream of connection operations (or raw notifications), as Windows' Multiple Provider Router tells them.
 *
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT, MPRTAP_FILTER_SYNTAX (a FilterSyntaxError with the column), MPRTAP_DIRECTORY_MISSING, MPRTAP_DIRECTORY_UNREADABLE, MPRTAP_RING_INVALID, MPRTAP_CONSUMER.
 * @example
 * const tap = await openTap({ filter: 'outcome == "failed"', from: 'now' })
 * for await (const operation of tap) console.log(operation.remoteName, operation.error?.name, operation.durationMs)
 */
export function openTap(options: TapOptions & { level: 'notification' }): Promise<Tap<Notification>>
export function openTap(options?: TapOptions & { level?: 'operation' }): Promise<Tap<Operation>>
export function openTap(options?: TapOptions): Promise<Tap<Operation> | Tap<Notification>>
export async function openTap(options: TapOptions = {}): Promise<Tap<Operation> | Tap<Notification>> {
  const checked = checkOptions(options)
  const { sources, follow, from, consumer, onLoss, onDiagnostic } = checked
  const filter = checked.filter && (await withSids(checked.filter, findSid))
  const callbacks = new Callbacks()
  const tell = callbacks.guard(onDiagnostic)
  // A named consumer has a position in each ring by its path, and has read what was before.
  const isFromOldest = consumer === undefined && (from === 'oldest' || !follow)
  const settings: TapSettings = {
    ...(await openSources(sources, { isLive: follow, isFromOldest }, systemClock, (diagnostic) => tell?.(diagnostic))),
    ...checked,
    callbacks,
    // A consumer goes on where it was, and begins with what there is.
    from: consumer ? 'oldest' : from,
    filter,
    onLoss: callbacks.guard(onLoss),
    onDiagnostic: tell,
  }
  return checked.level === 'operation' ? new OpenedTap<Operation>(settings) : new OpenedTap<Notification>(settings)
}

const findSid = async (name: string) => (process.platform === 'win32' ? accounts.sidOf(name) : 'nobody')
