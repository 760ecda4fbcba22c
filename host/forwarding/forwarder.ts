// Reads rings and hands what is in them, batch by batch, to a sink.

import { COLUMN_RECORD_OFFSET, COLUMN_RECORD_USED, COLUMN_RING, COLUMN_SEQUENCE, LEVEL_RECORD, ROWS_MAX } from '../../assembly/abi.ts'
import type { CaptureTime } from '../captures/block-writer.ts'
import { type CaptureOrigin, CaptureWriter } from '../captures/capture-writer.ts'
import { replaceFile } from '../consumers/checkpoint-file.ts'
import { Core } from '../core/core.ts'
import type { Loss } from '../model/account.ts'
import type { Position } from '../model/checkpoint.ts'
import type { Clock } from '../model/clock.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Sink } from '../model/sink.ts'
import type { Finder } from '../model/source.ts'
import type { StopSignal } from '../model/stop-signal.ts'
import { workThenClose } from '../model/work-then-close.ts'
import { Pace } from '../reading/pace.ts'
import { Round } from '../reading/round.ts'
import { SourceSet } from '../reading/source-set.ts'
import { timeOfRow } from '../recording/record-time.ts'
import type { RecordBatch } from '../sinks/record-batch.ts'
import type { StoredBatch } from '../streams/stream-log.ts'
import { type CutBatch, ForwardRing } from './forward-ring.ts'
import { type ForwardState, NO_COUNTS, type SavedRing, stateText } from './forward-state.ts'

/** How often what was acknowledged is saved, ms. */
const SAVE_MS = 1000
/** When it has to stop: how long the batch in hand may take to be stored. */
const FLUSH_MS = 5000
/** Looks at rings, while little comes, in the time that a record waits for others. */
const LOOKS_A_BATCH = 2
/** The shortest rest until batches are looked through for those that are old enough. */
const TICK_MIN_MS = 5

export interface ForwarderSettings {
  readonly finders: readonly Finder[]
  readonly host: string
  /** Of pseudonyms: the id of the key. */
  readonly redacted?: string | undefined
  /** The checkpoint file. */
  readonly path: string
  readonly state: ForwardState
  readonly origin: Omit<CaptureOrigin, 'now'>
  /** A record waits so long for others, ms. */
  readonly lingerMs: number
  /** A message comes at least so often, ms. */
  readonly everyMs: number
  /** A word that tells this process from others, for messages without records. */
  readonly startId: string
  readonly longestRestMs: number
  readonly clock: Clock
  readonly signal: StopSignal
  readonly tell: (text: string) => void
  /** Is called with each loss. */
  readonly onLoss: ((loss: Loss) => void) | undefined
  /** So many records were read. */
  readonly onRead?: ((records: number) => void) | undefined
  /** Nothing more is read: what else is to be sent before the sink is closed. */
  readonly atEnd?: (() => Promise<void>) | undefined
}

/** What the forwarder needs of its sink besides batches. */
export interface ForwardSink extends Sink<RecordBatch> {
  readonly stored: readonly StoredBatch[]
}

/** What was handed to the sink. Numbers of records. */
export interface Forwarded {
  records: number
  lost: number
  batches: number
}

interface Counted {
  readonly overrun: number
  readonly abandoned: number
  readonly corrupt: number
  readonly filtered: number
  readonly rewinds: number
}

const NOTHING_COUNTED: Counted = { overrun: 0, abandoned: 0, corrupt: 0, filtered: 0, rewinds: 0 }
const EPOCH_MS = 11_644_473_600_000

export class Forwarder {
  readonly forwarded: Forwarded = { records: 0, lost: 0, batches: 0 }
  readonly #settings: ForwarderSettings
  readonly #sink: ForwardSink
  readonly #origin: CaptureOrigin
  readonly #core = new Core(LEVEL_RECORD, { unfinishedAfterMs: 1 })
  readonly #sources: SourceSet
  readonly #round: Round
  /** By file id: as they were saved, until they are opened. */
  readonly #saved: Map<string, SavedRing>
  readonly #rings = new Map<string, ForwardRing>()
  /** By ring number: what of its losses was handed on. */
  readonly #counted: (Counted | undefined)[] = []
  readonly #byNumber: (ForwardRing | undefined)[] = []
  #cut: CutBatch[] = []
  #lost: number
  #sentAt: number
  #beats = 0
  #text = ''
  #saving: Promise<void> = Promise.resolve()
  #fault = ''

  /** @throws MprtapError when the sources cannot be looked at. */
  constructor(settings: ForwarderSettings, sink: ForwardSink) {
    this.#settings = settings
    this.#sink = sink
    const { clock, finders, tell, state, origin, longestRestMs, lingerMs } = settings
    this.#origin = { ...origin, now: () => BigInt(Math.round(clock.wall() + EPOCH_MS)) * 10_000n }
    this.#saved = new Map(state.rings.map((ring) => [ring.fileId, ring]))
    this.#lost = state.lost
    const positionOf = (fileId: string) => positionFrom(this.#saved.get(fileId))
    const onDiagnostic = ({ text }: Diagnostic) => tell(text)
    const reading = { from: 'oldest', level: 'notification', onLoss: settings.onLoss, onDiagnostic, positionOf } as const
    this.#sources = new SourceSet(this.#core, finders, reading, clock)
    this.#sources.discover()
    // A record waits for others anyway.
    const pace = new Pace(clock, longestRestMs, Math.min(lingerMs / LOOKS_A_BATCH, longestRestMs))
    this.#round = new Round(this.#core, this.#sources, pace, { look: () => 0 }, clock, () => {})
    this.#sentAt = clock.now()
  }

  /** Records that were handed on are lost after all. */
  lose(records: number): void {
    this.forwarded.lost += records
    this.#lost += records
  }

  /** What messages say of this host. */
  get figures(): { readonly lost: number; readonly behind: number } {
    const { pending } = this.#sources.account()
    return { lost: this.#lost, behind: pending }
  }

  /** Forwards until the signal is aborted, or sources at rest are read; then waits a while for what is on its way. */
  async run(): Promise<Forwarded> {
    const { signal, clock } = this.#settings
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    const stop = () => this.#round.stop()
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    const saving = clock.timer(() => {
      void this.#save()
      saving.again(SAVE_MS)
    }, SAVE_MS)
    const work = async () => {
      let next = this.#round.next((rows) => this.#keep(rows))
      while (!signal.aborted) {
        const rest = timeout(clock, this.#untilCutMs)
        const news = await Promise.race([next, rest.over])
        rest.stop()
        const isAtEnd = news === undefined && this.#sources.isAtEnd
        await Promise.race([this.#settle(isAtEnd), stopped])
        if (isAtEnd) break
        if (typeof news === 'number') next = this.#round.next((rows) => this.#keep(rows))
      }
      const rest = timeout(clock, FLUSH_MS)
      const waits = signal.aborted ? [rest.over] : [stopped]
      const all = Promise.all([this.#settle(true).then(() => this.#sink.flush()), this.#settings.atEnd?.()])
      await Promise.race([all, ...waits])
      rest.stop()
    }
    const end = () => {
      signal.removeEventListener('abort', stop)
      saving.stop()
      this.#round.stop()
      this.#sources.close()
    }
    await workThenClose(
      work,
      end,
      () => this.#save(),
      () => this.#sink.close(),
    )
    return this.forwarded
  }

  /** Until the oldest batch in hand has waited long enough. */
  get #untilCutMs(): number {
    const { clock, lingerMs } = this.#settings
    let first = SAVE_MS
    for (const { begunAt } of this.#rings.values()) if (begunAt !== undefined) first = Math.min(first, begunAt + lingerMs - clock.now())
    return Math.max(first, TICK_MIN_MS)
  }

  /** The rows of the last turn, all of one ring, into batches. */
  #keep(rows: number): number {
    const { columns, window } = this.#core
    const now = this.#settings.clock.now()
    const number = columns.u32[COLUMN_RING * ROWS_MAX]!
    const first = columns.f64[COLUMN_SEQUENCE * ROWS_MAX]!
    const ring = this.#ring(number, first)
    this.#keepLosses(number, ring, timeOfRow(this.#core, 0), first)
    for (let row = 0; row < rows; row++) {
      const at = columns.u32[COLUMN_RECORD_OFFSET * ROWS_MAX + row]!
      ring.add(now, timeOfRow(this.#core, row), window, at, columns.u32[COLUMN_RECORD_USED * ROWS_MAX + row]!)
    }
    this.forwarded.records += rows
    this.#settings.onRead?.(rows)
    return rows
  }

  #ring(number: number, first: number): ForwardRing {
    const { users, hosts, fileIds } = this.#sources.identities
    const fileId = fileIds[number]!
    const known = this.#byNumber[number]
    if (known?.identity.fileId === fileId) return known
    const identity = { host: hosts[number] ?? this.#settings.host, user: users[number]!, fileId, redacted: this.#settings.redacted }
    const start = Math.min(this.#core.account(number).start, first)
    const place = this.#saved.get(fileId) ?? { next: start, lastChecksum: 0n, start, counts: NO_COUNTS }
    const ring = this.#rings.get(fileId) ?? new ForwardRing(identity, place, this.#origin, (cut) => void this.#cut.push(cut))
    // Unless it goes on where it was left: its sequences are used again.
    if (ring.position !== start && ring.position !== first) ring.goTo(start)
    this.#rings.set(fileId, ring)
    this.#saved.delete(fileId)
    this.#counted[number] = undefined
    this.#byNumber[number] = ring
    return ring
  }

  /** Says which sequences before `next` are not there. */
  #keepLosses(number: number, ring: ForwardRing, time: CaptureTime | undefined, next: number): void {
    const now = this.#settings.clock.now()
    const { overrun, abandoned, corrupt, filtered, rewinds, late, gaveUp, faults, head } = this.#core.account(number)
    const counts = { overrun, abandoned, corrupt, filtered, rewinds }
    const last = this.#counted[number]
    // A ring that was opened again is counted anew.
    const before = last && last.overrun <= overrun && last.abandoned <= abandoned && last.corrupt <= corrupt ? last : NOTHING_COUNTED
    this.#counted[number] = counts
    ring.facts = { late, rewinds, gaveUp, faults, head }
    if (rewinds !== before.rewinds) {
      ring.goTo(next)
      return
    }
    for (const reason of ['overrun', 'abandoned', 'corrupt', 'filtered'] as const) {
      const count = Math.min(counts[reason] - before[reason], next - ring.position)
      if (count > 0) this.#addMissing(ring, now, count, reason, time)
    }
    // Records that the account does not explain were not there for us.
    if (ring.position < next) this.#addMissing(ring, now, next - ring.position, 'overrun', time)
  }

  #addMissing(
    ring: ForwardRing,
    now: number,
    count: number,
    reason: 'overrun' | 'abandoned' | 'corrupt' | 'filtered',
    time: CaptureTime | undefined,
  ) {
    ring.addMissing(now, count, reason, time)
    if (reason !== 'filtered') this.lose(count)
  }

  /** Hands on what is cut, and cuts what has waited long enough. */
  async #settle(isLast: boolean): Promise<void> {
    const { clock, lingerMs, everyMs } = this.#settings
    for (const reader of this.#sources.readers) {
      const forwarded = this.#byNumber[reader.ring]
      if (forwarded?.identity.fileId === reader.fileId) this.#keepLosses(reader.ring, forwarded, undefined, reader.position().next)
    }
    const now = clock.now()
    for (const ring of this.#rings.values()) if (ring.begunAt !== undefined && (isLast || now - ring.begunAt >= lingerMs)) ring.cut()
    if (this.#cut.length === 0 && now - this.#sentAt >= everyMs) this.#cut.push(this.#beat())
    // Where batches end is saved before they are sent: after a restart they end there again.
    if (this.#cut.some(({ needsSaving }) => needsSaving)) await this.#save()
    for (let cut = this.#cut.shift(); cut; cut = this.#cut.shift()) {
      this.forwarded.batches++
      this.#sentAt = now
      await this.#sink.write(cut.batch)
    }
  }

  /** A message without records, so that a host which is silent is known to be there. */
  #beat(): CutBatch {
    const { host, startId } = this.#settings
    const section = new CaptureWriter(this.#origin).blocks.written().slice()
    return { batch: { id: `${host}/beat/${startId}/${this.#beats++}`, section, records: 0, acknowledge: () => {} }, needsSaving: false }
  }

  /** The state that is saved is that of the call; saves follow each other. A full disk stops nothing: a record that is sent twice has the same id. */
  #save(): Promise<void> {
    const rings = [...this.#saved.values(), ...[...this.#rings.values()].map(({ saved }) => saved)]
    const text = stateText({ rings, stored: this.#sink.stored, lost: this.#lost })
    this.#saving = this.#saving.then(() => this.#write(text))
    return this.#saving
  }

  async #write(text: string): Promise<void> {
    if (text === this.#text) return
    const { path, tell } = this.#settings
    try {
      await replaceFile(path, text)
      this.#text = text
      this.#fault = ''
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      const fault = `The checkpoint cannot be saved in ${path} (${code ?? message}); what is sent meanwhile may be sent again after a restart.`
      if (fault !== this.#fault) tell(fault)
      this.#fault = fault
    }
  }
}

function timeout(clock: Clock, ms: number): { readonly over: Promise<'over'>; stop(): void } {
  let stop = () => {}
  const over = new Promise<'over'>((resolve) => {
    const timer = clock.timer(() => resolve('over'), ms)
    stop = () => timer.stop()
  })
  return { over, stop }
}

/** Where a forwarder stood, as a consumer's checkpoint would say it. */
function positionFrom(saved: SavedRing | undefined): Position | undefined {
  if (!saved) return undefined
  const { fileId, next, lastChecksum } = saved
  const totals = { delivered: 0, overrun: 0, abandoned: 0, late: 0, corrupt: 0, rewinds: 0 }
  const position = { path: '', fileId, next, waiting: [], totals }
  if (next === 0 || lastChecksum === 0n) return position
  const mark = Buffer.alloc(16)
  mark.writeBigUInt64LE((BigInt(next) - 1n) * 4n + 2n, 0)
  mark.writeBigUInt64LE(lastChecksum, 8)
  return { ...position, last: mark.toString('hex') }
}
