// Batches into a JetStream stream. An acknowledgement of the engine says that a batch is in the memory of a majority of its servers; a batch counts as
// kept when it is older than twice the time in which they write to their disks, and is still there.
//
//      write() ──► open: compressed, 4 at most on their way ──► stored ──► kept: batch.acknowledge()
//                     ▲                                    │
//                     └──────── no longer in the stream ◄──┘ looked at after each reconnect, and before anything is kept

import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { headers, type MsgHdrs } from '@nats-io/transport-node'
import type { Clock, Timer } from '../model/clock.ts'
import type { Sink } from '../model/sink.ts'
import { describeFault, type NatsConnection, SilentServer } from '../streams/engine.ts'
import { HEADER_BEHIND, HEADER_ENCODING, HEADER_EVERY, HEADER_LOST, HEADER_VERSION, packSection } from '../streams/message.ts'
import { type StoredBatch, StreamLog } from '../streams/stream-log.ts'
import type { RecordBatch } from './record-batch.ts'
import { retryDelay } from './retry.ts'

/** Batches on their way. A later one does not overtake the oldest by more, so that a reader has few to hold back. */
const IN_FLIGHT_MAX = 4
/** Batches that are compressed meanwhile, so that neither waits for the other. */
const OPEN_MAX = 2 * IN_FLIGHT_MAX
/** Longer answers are asked for again: what was sent into a broken connection is never answered. */
const ANSWER_MS = 3000
/** Bytes of stored batches that are kept in memory to be sent again. */
const AGAIN_BYTES_MAX = 32 << 20
/** How often stored batches are looked through, and not more often than this. */
const LOOKS_AN_INTERVAL = 8
const LOOK_MIN_MS = 200
const LOOK_MAX_MS = 5000
/** Refusals of one message after which they are believed. */
const REFUSALS_MAX = 3

/** What messages say of their sender besides records. */
export interface SenderFigures {
  readonly lost: number
  readonly behind: number
}

export interface JetStreamSettings {
  /** Opens a connection. @throws the library's errors. */
  readonly open: () => Promise<NatsConnection>
  /** As people know the engine: its URL. */
  readonly name: string
  readonly subject: string
  readonly version: string
  /** How often a message comes at least, seconds. */
  readonly everySeconds: number
  /** How often the engine's servers write to their disks, ms; `undefined`: as their version does. */
  readonly syncMs: number | undefined
  readonly clock: Clock
  readonly figures: () => SenderFigures
  /** What an earlier process had stored and not seen kept, in the order of sequences. */
  readonly earlier: readonly StoredBatch[]
  readonly tell: (text: string) => void
  /** A batch that the engine will never take: puts it aside, and gives what is to be sent instead of it. */
  readonly setAside: (batch: RecordBatch, why: string) => Promise<RecordBatch | undefined>
  /** Something was stored or kept. */
  readonly onProgress: () => void
  readonly random?: (() => number) | undefined
}

interface Open {
  readonly batch: RecordBatch
  readonly payload: Promise<Uint8Array>
  isOnItsWay: boolean
  attempts: number
  refusals: number
}

interface Stored extends StoredBatch {
  readonly batch: RecordBatch
  /** `undefined`: no longer in memory. */
  payload: Uint8Array | undefined
  readonly at: number
}

interface Link {
  readonly connection: NatsConnection
  readonly client: JetStreamClient
  readonly manager: JetStreamManager
}

export class JetStreamSink implements Sink<RecordBatch> {
  /** Counts since the sink was made. */
  readonly counts = { sent: 0, again: 0, duplicates: 0, kept: 0, setAside: 0, lostByEngine: 0, reconnects: 0 }
  readonly #settings: JetStreamSettings
  readonly #open: Open[] = []
  readonly #stored: Stored[] = []
  #storedBytes = 0
  /** Of an earlier process, and found to be there: by batch id. */
  #earlier: ReadonlyMap<string, number> = new Map()
  #unseen: readonly StoredBatch[]
  #stream: string | undefined
  #link: Link | undefined
  /** Whether the stream's contents were read back since the last connect. */
  #isReadBack = false
  #readingBack: Promise<void> | undefined
  readonly #silence: SilentServer
  #isAsking = false
  #isClosed = false
  #fault = ''
  #syncMs: number
  readonly #waiting = new Set<() => void>()
  readonly #pauses = new Set<() => void>()
  readonly #looking: Timer
  readonly #linking: Promise<void>

  constructor(settings: JetStreamSettings) {
    this.#settings = settings
    this.#unseen = settings.earlier
    this.#syncMs = settings.syncMs ?? 120_000
    this.#silence = new SilentServer(settings.clock)
    this.#looking = settings.clock.timer(() => void this.#look(), this.#lookEvery, { idle: true })
    this.#linking = this.#keepLink()
  }

  /** Nothing can be sent at present. */
  get isAway(): boolean {
    return !this.#isReadBack || (this.#open[0]?.attempts ?? 0) > 1
  }

  get hasRoom(): boolean {
    return this.#open.length < OPEN_MAX
  }

  /** The stream that takes its batches, once it is known. */
  get stream(): string | undefined {
    return this.#stream
  }

  /** Publishes something else than a batch, once. @throws the library's errors when it is not known to be there. */
  async put(subject: string, bytes: Uint8Array): Promise<void> {
    if (!this.#link || !this.#isReadBack) throw new Error('the connection was lost')
    await this.#link.client.publish(subject, bytes, { timeout: ANSWER_MS })
  }

  /** Batches that are stored but may still be lost, in the order of sequences. */
  get stored(): readonly StoredBatch[] {
    const notSeenAgain = [...this.#earlier].map(([id, sequence]) => ({ id, sequence }))
    return [...this.#unseen, ...notSeenAgain, ...this.#stored.map(({ id, sequence }) => ({ id, sequence }))]
  }

  async write(batch: RecordBatch): Promise<void> {
    while (!this.hasRoom && !this.#isClosed) await this.#change()
    if (this.#isClosed) return
    this.#open.push(openOf(batch, packSection(batch.section)))
    this.#pump()
  }

  /** Resolves when the engine has taken all that was written; it is kept later. */
  async flush(): Promise<void> {
    while (this.#open.length > 0 && !this.#isClosed) await this.#change()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#looking.stop()
    for (const end of this.#pauses) end()
    this.#tellChange()
    await this.#link?.connection.close().catch(() => {})
    await this.#linking
  }

  // ── The connection ────────────────────────────────────────────────────────────────────────────────────────────────

  async #keepLink(): Promise<void> {
    for (let attempt = 0; !this.#isClosed; attempt++) {
      if (attempt > 0) await this.#pause(attempt)
      if (this.#isClosed) return
      try {
        const connection = await this.#settings.open()
        // Asked without a look at the account: a host need not be permitted to ask about that.
        this.#link = { connection, client: jetstream(connection), manager: await jetstreamManager(connection, { checkAPI: false }) }
      } catch (error) {
        this.#complain(error)
        continue
      }
      attempt = 0
      void this.#readBack()
      await this.#follow(this.#link.connection)
    }
  }

  /** Until the connection is closed for good. */
  async #follow(connection: NatsConnection): Promise<void> {
    if (this.#isClosed) await connection.close().catch(() => {})
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        this.#isReadBack = false
        this.#complain(new Error('the connection was lost'))
        void this.#askWhy()
      } else if (status.type === 'reconnect') {
        this.counts.reconnects++
        void this.#readBack()
      } else if (status.type === 'error') this.#complain(status.error)
    }
    this.#isReadBack = false
    this.#link = undefined
  }

  /** The library connects again without saying why it cannot: another connection is tried beside it, and says so. */
  async #askWhy(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    for (let attempt = 1; !this.#isClosed && !this.#isReadBack && this.#link; attempt++) {
      await this.#pause(attempt)
      if (this.#isClosed || this.#isReadBack) break
      try {
        const connection = await this.#settings.open()
        await connection.close()
        break
      } catch (error) {
        if (!this.#isReadBack) this.#complain(error)
      }
    }
    this.#isAsking = false
  }

  /** Looks what is there of what was stored; what is not is sent again, before anything new. */
  #readBack(): Promise<void> {
    this.#isReadBack = false
    this.#readingBack ??= this.#readBackNow().finally(() => {
      this.#readingBack = undefined
    })
    return this.#readingBack
  }

  async #readBackNow(): Promise<void> {
    for (let attempt = 1; !this.#isClosed && this.#link; attempt++) {
      const { connection, manager } = this.#link
      try {
        this.#stream ??= await manager.streams.find(this.#settings.subject)
        const log = new StreamLog(manager, this.#stream)
        if (this.#unseen.length > 0) {
          const missing = await log.firstMissing(this.#unseen)
          this.#earlier = new Map(this.#unseen.slice(0, missing).map(({ id, sequence }) => [id, sequence]))
          this.#unseen = []
        }
        this.#sendAgain(await log.firstMissing(this.#stored))
        this.#syncMs = this.#settings.syncMs ?? usualSyncMs(connection.info?.version ?? '')
        this.#isReadBack = true
        this.#silence.answered()
        if (this.#fault !== '') this.#settings.tell(`${this.#settings.name} is there again; sending goes on.`)
        this.#fault = ''
        this.#pump()
        return
      } catch (error) {
        // Another stream may have been made in the place of the old one.
        this.#stream = undefined
        this.#complain(error)
        await this.#pause(attempt)
      }
    }
  }

  #sendAgain(from: number): void {
    const gone = this.#stored.splice(from)
    if (gone.length === 0) return
    this.#settings.tell(`${this.#settings.name} has lost the last ${gone.length} batches that it had acknowledged; they are sent again.`)
    const again: Open[] = []
    for (const { batch, payload } of gone) {
      if (payload) {
        this.#storedBytes -= payload.length
        again.push(openOf(batch, Promise.resolve(payload)))
      } else {
        this.counts.lostByEngine++
        batch.acknowledge()
      }
    }
    this.counts.again += again.length
    this.#open.unshift(...again)
  }

  // ── Sending ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Sends the oldest, a few at a time. */
  #pump(): void {
    if (!this.#isReadBack || this.#isClosed) return
    for (const open of this.#open.slice(0, IN_FLIGHT_MAX)) if (!open.isOnItsWay) void this.#send(open)
  }

  async #send(open: Open): Promise<void> {
    open.isOnItsWay = true
    try {
      const payload = await open.payload
      const sequence = await this.#publish(open.batch, payload)
      this.#store(open, payload, sequence)
    } catch (error) {
      open.attempts++
      if (isRefusal(error) && ++open.refusals >= REFUSALS_MAX) await this.#refused(open, error)
      else {
        this.#complain(error)
        await this.#pause(open.attempts)
      }
    } finally {
      open.isOnItsWay = false
      this.#pump()
    }
  }

  /** @returns its sequence in the stream. @throws when it is not known to be there. */
  async #publish({ id }: RecordBatch, payload: Uint8Array): Promise<number> {
    const { subject } = this.#settings
    const known = this.#earlier.get(id)
    if (known !== undefined) {
      this.#earlier = new Map([...this.#earlier].filter(([other]) => other !== id))
      return known
    }
    const link = this.#link
    if (!link) throw new Error('the connection was lost')
    const { max_payload = Number.POSITIVE_INFINITY } = link.connection.info ?? {}
    if (payload.length > max_payload) throw new RefusedError(`a message may have ${max_payload} bytes; this one has ${payload.length}`)
    const { seq, duplicate, stream } = await link.client.publish(subject, payload, {
      msgID: id,
      timeout: ANSWER_MS,
      headers: this.#headers(),
    })
    this.#stream ??= stream
    this.counts.sent++
    if (!duplicate) return seq
    // Some versions say so of what an election threw away: it is believed when it is seen.
    this.counts.duplicates++
    if (seq > 0 && (await new StreamLog(link.manager, stream).idAt(seq)) === id) return seq
    throw new Error('a batch was called a duplicate and is not there')
  }

  #headers(): MsgHdrs {
    const { version, everySeconds, figures } = this.#settings
    const { lost, behind } = figures()
    const list = headers()
    list.set(HEADER_ENCODING, 'gzip')
    list.set(HEADER_VERSION, version)
    list.set(HEADER_LOST, String(lost))
    list.set(HEADER_BEHIND, String(behind))
    list.set(HEADER_EVERY, String(everySeconds))
    return list
  }

  #store(open: Open, payload: Uint8Array, sequence: number): void {
    const { batch } = open
    this.#silence.answered()
    this.#open.splice(this.#open.indexOf(open), 1)
    const stored: Stored = { id: batch.id, sequence, batch, payload, at: this.#settings.clock.now() }
    // Answers come in any order; of a duplicate the sequence may be an old one.
    let at = this.#stored.length
    while (at > 0 && this.#stored[at - 1]!.sequence > sequence) at--
    this.#stored.splice(at, 0, stored)
    this.#storedBytes += payload.length
    for (let i = 0; this.#storedBytes > AGAIN_BYTES_MAX && i < this.#stored.length; i++) {
      this.#storedBytes -= this.#stored[i]!.payload?.length ?? 0
      this.#stored[i]!.payload = undefined
    }
    if (this.#fault !== '' && this.#isReadBack) {
      this.#settings.tell(`${this.#settings.name} takes batches again.`)
      this.#fault = ''
    }
    this.#tellChange()
    this.#settings.onProgress()
  }

  /** The engine says that it will never take this one: the others must not wait for it. */
  async #refused(open: Open, error: unknown): Promise<void> {
    const { message } = error as Error
    this.counts.setAside++
    const instead = await this.#settings.setAside(open.batch, message).catch(() => undefined)
    const at = this.#open.indexOf(open)
    if (instead) this.#open.splice(at, 1, openOf(instead, packSection(instead.section)))
    else {
      this.#open.splice(at, 1)
      open.batch.acknowledge()
    }
    this.#tellChange()
  }

  // ── What is kept ──────────────────────────────────────────────────────────────────────────────────────────────────

  get #lookEvery(): number {
    return Math.min(Math.max(this.#syncMs / LOOKS_AN_INTERVAL, LOOK_MIN_MS), LOOK_MAX_MS)
  }

  async #look(): Promise<void> {
    try {
      await this.#keep()
    } catch (error) {
      this.#complain(error)
    }
    if (!this.#isClosed) this.#looking.again(this.#lookEvery)
  }

  async #keep(): Promise<void> {
    const oldest = this.#settings.clock.now() - 2 * this.#syncMs
    // By sequence, and no younger one before an older one.
    let count = this.#stored.findIndex(({ at }) => at > oldest)
    if (count < 0) count = this.#stored.length
    const link = this.#link
    if (count === 0 || !this.#isReadBack || !link || !this.#stream) return
    const due = this.#stored.slice(0, count)
    const last = due.at(-1)!
    if (!(await new StreamLog(link.manager, this.#stream).has(last))) return void this.#readBack()
    for (const stored of due) {
      const at = this.#stored.indexOf(stored)
      if (at < 0) continue
      this.#stored.splice(at, 1)
      this.#storedBytes -= stored.payload?.length ?? 0
      this.counts.kept++
      stored.batch.acknowledge()
    }
    this.#settings.onProgress()
  }

  // ── Waiting ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #change(): Promise<void> {
    return new Promise((resolve) => void this.#waiting.add(resolve))
  }

  #tellChange(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  /** Until the next attempt, or until the sink is closed. */
  #pause(attempt: number): Promise<void> {
    const { clock, random } = this.#settings
    if (this.#isClosed) return Promise.resolve()
    return new Promise((resolve) => {
      const end = () => {
        timer.stop()
        this.#pauses.delete(end)
        resolve()
      }
      const timer = clock.timer(end, retryDelay(attempt - 1, random))
      this.#pauses.add(end)
    })
  }

  /** Each fault is reported once, until it is over or another one. */
  #complain(error: unknown): void {
    if (this.#isClosed) return
    this.#silence.failed(error, this.#link?.connection)
    const fault = describeFault(error)
    if (fault === this.#fault) return
    this.#fault = fault
    this.#settings.tell(`${this.#settings.name} ${fault}; what is not sent yet waits.`)
  }
}

function openOf(batch: RecordBatch, payload: Promise<Uint8Array>): Open {
  // It is awaited when its turn has come; until then nobody hears that it failed.
  payload.catch(() => {})
  return { batch, payload, isOnItsWay: false, attempts: 0, refusals: 0 }
}

/** How often servers of that version write to their disks unless they were told otherwise, ms. */
function usualSyncMs(version: string): number {
  const [, major = '2', minor = '0'] = /^(\d+)\.(\d+)/.exec(version) ?? []
  return Number(major) === 2 && Number(minor) < 10 ? 60_000 : 120_000
}

/** The engine, or its client, will not take this message, however often it is asked. */
class RefusedError extends Error {}

/** Answers of JetStream that are about the one message: it is larger than the stream, or the server, takes. */
const MESSAGE_TOO_LARGE = 10054

function isRefusal(error: unknown): boolean {
  const { code, message = '' } = error as { code?: unknown; message?: string }
  return error instanceof RefusedError || code === MESSAGE_TOO_LARGE || /maximum payload|max_payload/i.test(message)
}
