// A stream as the finder of its rings: messages come one after the other, each is looked at as a whole, and its records go to the ring that they are of.
//
//      engine ──► queue of messages (bounded) ──► readMessage(): good, or counted and told ──► CapturedSource of each ring ──► the tap
//
// A record that comes twice is recognised by host, ring file id and sequence. A hole stays open until it is filled, or a loss record names it, or what came after
// it has waited too long.

import { type Consumer, type ConsumerMessages, DeliverPolicy, type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { PACKET_ACCOUNT, PACKET_RECORD, PACKET_RUN } from '../../format/capture-layout.ts'
import { CAPTURE_PACKET, CaptureReader } from '../captures/capture-reader.ts'
import { CapturedOrigin } from '../captures/captured-origin.ts'
import { CapturedSource, type Captures, isLittle } from '../captures/captured-source.ts'
import { MemoryInput } from '../captures/file-input.ts'
import { identityKey, type RingIdentity } from '../captures/identity.ts'
import { decodeAccount, decodeRun } from '../captures/packet.ts'
import { sequenceOf } from '../captures/record-packet.ts'
import type { Clock, Timer } from '../model/clock.ts'
import type { Diagnostic, DiagnosticCode } from '../model/diagnostic.ts'
import { MprtapError } from '../model/errors.ts'
import type { Finder, Found } from '../model/source.ts'
import type { Credentials } from './credentials.ts'
import {
  connectionOptions,
  describeFault,
  type NatsConnection,
  openEngine,
  type Partitions,
  parseEngineUrl,
  SilentServer,
} from './engine.ts'
import { HEADER_ENCODING, type MessageFault, type RawMessage, readMessage } from './message.ts'
import { type StoredBatch, StreamLog } from './stream-log.ts'
import { parseSubject, subjectsOfPartition } from './subject.ts'

/** Rings of one stream; as many as a tap reads. */
const RINGS_MAX = 2048
/** Slots of all rings together that wait to be handed out. */
const QUEUED_MAX = 1 << 17
/** Bytes of messages that wait to be looked at. */
const WAITING_BYTES_MAX = 8 << 20
const MESSAGES_AT_ONCE = 256
/** A stream at rest that gives nothing for so long is given up. */
const GIVE_UP_MS = 30_000
const RETRY_MS = 1000
/** The engine is asked for messages so often, and gives a sign of life twice as often; two signs that do not come, and it is asked anew. */
const ASK_MS = 10_000
/** How often what was taken is compared with what the stream's leader has. */
const COMPARE_MS = 5000
/** Messages that are remembered, to see where a stream was cut: more than a minute's at any rate that it takes. */
const TAKEN_MAX = 1 << 16
/** A batch that is sent again comes within this time after its successors; after it the hole is a loss. */
const HOLE_MS = 300_000
/** So much before what is asked for is read as well: a host's clock may be off, and a beginning belongs to an end. */
const SINCE_MARGIN_MS = 3_600_000
/** The last moment that a Date can be. */
const TIME_MAX = 8.64e15
/** So many copies of one ring are told apart. */
const COPIES_MAX = 8

const FAULTS: Readonly<Record<MessageFault, string>> = {
  foreign: 'messages on subjects that are not mprtap',
  newer: 'messages of a newer mprtap; use that one',
  tooLarge: 'messages that unpack to more than any sender sends',
  notUnpacked: 'messages that cannot be unpacked',
  damaged: 'messages that are damaged',
  otherHost: 'messages that claim to be from another host than the one that may send them',
  backwards: 'messages whose sequences go backwards',
}

/** What was not read, or came twice. Numbers of messages and of records. */
export interface StreamTally extends Record<MessageFault, number> {
  repeated: number
  reused: number
  late: number
  tooMany: number
}

interface Ring {
  readonly identity: RingIdentity
  /** The ring, and what came under the ids of its records: it was set back, or its file copied. */
  readonly sources: CapturedSource[]
}

/** A hole that is waited for. */
interface Hole {
  readonly sequence: number
  readonly since: number
}

export interface StreamOptions extends Credentials {
  /** False: what is there now is read, and no more. */
  readonly follow: boolean
  /** Nothing is wanted that began before; epoch ms. */
  readonly since?: number | undefined
  readonly clock: Clock
}

/** The messages of a stream, wherever they come from. */
export class MessageSet implements Finder, Captures {
  readonly isNamed = true
  readonly isLive: boolean
  readonly tally: StreamTally = {
    foreign: 0,
    newer: 0,
    tooLarge: 0,
    notUnpacked: 0,
    damaged: 0,
    otherHost: 0,
    backwards: 0,
    repeated: 0,
    reused: 0,
    late: 0,
    tooMany: 0,
  }
  /** The stream has its beginning still: what a ring's first message says it began with is waited for. */
  isWhole = false
  protected readonly name: string
  readonly #rings = new Map<string, Ring>()
  readonly #sources: CapturedSource[] = []
  readonly #faults = new Map<string, Diagnostic | undefined>()
  #hasNews = true
  #messages: RawMessage[] = []
  #waitingBytes = 0
  #reader: CaptureReader | undefined
  /** A packet of the reader is in hand. */
  #inHand = false
  #queued = 0
  readonly #holes = new Map<CapturedSource, Hole>()
  #hasAll = false
  #isEnded = false

  constructor(name: string, isLive: boolean) {
    this.name = name
    this.isLive = isLive
  }

  get isEnded(): boolean {
    return this.#isEnded && this.#sources.every(({ isDone }) => isDone)
  }

  get hasRoom(): boolean {
    return this.#waitingBytes < WAITING_BYTES_MAX
  }

  /** A message has come. */
  add(message: RawMessage): void {
    this.#messages.push(message)
    this.#waitingBytes += message.data.length
  }

  /** There will be no more. */
  endOfMessages(): void {
    this.#hasAll = true
  }

  /** @param what is told anew when its text changes; no text: it is over. */
  protected tell(code: DiagnosticCode, what: string, text: string | undefined): void {
    if (this.#faults.get(what)?.text === text) return
    this.#faults.set(what, text === undefined ? undefined : { code, path: this.name, text })
    this.#hasNews = true
  }

  look(): Found | undefined {
    // Of rings that are not known yet nobody asks for more.
    if (this.#sources.every(({ queued }) => queued === 0)) for (let packets = 0; packets < MESSAGES_AT_ONCE && this.pump(); packets++);
    if (!this.#hasNews) return undefined
    this.#hasNews = false
    return { origins: this.#sources.map((source) => new CapturedOrigin(source)), faults: new Map(this.#faults) }
  }

  pump(): boolean {
    if (this.#isEnded || this.#queued >= QUEUED_MAX) return false
    if (!this.#inHand && !this.#nextPacket()) {
      if (this.#hasAll && this.#messages.length === 0) this.#end()
      return false
    }
    const reader = this.#reader!
    const ring = this.#ring(reader.ring)
    if (ring?.sources.some(({ isFull }) => isFull)) return false
    this.#inHand = false
    if (ring) this.#take(reader, ring)
    else this.tally.tooMany++
    return true
  }

  /** The next packet of the message in hand, or of the next good message. */
  #nextPacket(): boolean {
    for (;;) {
      if (this.#reader?.next() === CAPTURE_PACKET) {
        this.#inHand = true
        return true
      }
      this.#reader = undefined
      const message = this.#messages.shift()
      if (!message) return false
      this.#waitingBytes -= message.data.length
      const read = readMessage(message)
      if (typeof read === 'string') this.#refuse(read)
      else this.#reader = new CaptureReader(new MemoryInput(this.name, read.section))
    }
  }

  #refuse(fault: MessageFault): void {
    this.tally[fault]++
    this.tell('messages-refused', fault, `${this.name} has ${FAULTS[fault]}; ${this.tally[fault]} so far are not read.`)
  }

  #ring(identity: RingIdentity): Ring | undefined {
    const key = identityKey(identity)
    const known = this.#rings.get(key)
    if (known || this.#sources.length >= RINGS_MAX) return known
    const ring: Ring = { identity, sources: [] }
    this.#rings.set(key, ring)
    this.#addSource(ring)
    return ring
  }

  #addSource(ring: Ring): CapturedSource {
    const { host, user, fileId } = ring.identity
    const again = ring.sources.length === 0 ? '' : `, used again (${ring.sources.length})`
    const source = new CapturedSource(`ring ${fileId} of ${user} on ${host}${again}`, ring.identity, this)
    ring.sources.push(source)
    this.#sources.push(source)
    this.#hasNews = true
    return source
  }

  #take(reader: CaptureReader, ring: Ring): void {
    const { kind } = reader
    const [first] = ring.sources
    if (kind === PACKET_RECORD) this.#takeRecord(reader, ring)
    else if (kind === PACKET_RUN) {
      const run = decodeRun(reader.bytes.subarray(reader.start, reader.end))
      if (run && !first!.isClosed) first!.addRun(run)
    } else if (kind === PACKET_ACCOUNT && this.isWhole) {
      const account = decodeAccount(reader.bytes.subarray(reader.start, reader.end))
      if (account && !first!.isClosed) first!.begin(account.start)
    }
  }

  /** A record goes to the first copy of the ring that has no other record under its id. */
  #takeRecord(reader: CaptureReader, ring: Ring): void {
    const sequence = sequenceOf(reader)
    if (sequence === undefined) return
    for (let copy = 0; copy < COPIES_MAX && this.#sources.length < RINGS_MAX; copy++) {
      const source = ring.sources[copy] ?? this.#addSource(ring)
      if (source.isClosed) return
      const added = source.add(sequence, reader)
      if (added === 'new') return
      this.tally[added]++
      if (added === 'late')
        this.tell('records-late', 'late', `${this.name} has records that came after they were given up; they are not read.`)
      if (added !== 'reused') return
      this.tell(
        'records-reused',
        'reused',
        `${this.name} has records under the id of others: a ring was set back or copied. They are read as another ring.`,
      )
    }
    this.tally.tooMany++
  }

  /** Holes that nothing fills are losses. @param now monotonic, ms. */
  passHoles(now: number): void {
    for (const source of this.#sources) {
      const { hole } = source
      const known = this.#holes.get(source)
      if (hole === undefined) this.#holes.delete(source)
      else if (known?.sequence !== hole) this.#holes.set(source, { sequence: hole, since: now })
      else if (now - known.since > HOLE_MS) source.passHole()
    }
  }

  #end(): void {
    this.#isEnded = true
    for (const source of this.#sources) source.end()
    const { tooMany } = this.tally
    if (tooMany > 0)
      this.tell(
        'too-many-rings',
        'rings',
        `${this.name} has more than ${RINGS_MAX} rings; ${tooMany} packets of those that came last are not read.`,
      )
  }

  readOn(packets: number): void {
    for (let read = 0; read < packets && isLittle(this.#queued, this.#sources.length) && this.pump(); read++);
  }

  changed(slots: number): void {
    this.#queued += slots
  }

  closed(): void {
    if (this.#sources.every(({ isClosed }) => isClosed)) this.close()
  }

  close(): void {
    this.#isEnded = true
    this.#messages = []
  }
}

/** Reads a stream through an ordered consumer, which the engine forgets when nobody asks any more. */
export class StreamSet extends MessageSet {
  readonly #options: StreamOptions
  readonly #connection: ReturnType<typeof connectionOptions>
  readonly #stream: string
  readonly #partitions: Partitions
  #engine: NatsConnection | undefined
  readonly #silence: SilentServer
  #messages: ConsumerMessages | undefined
  #isClosed = false
  /** The stream was found once. */
  #wasThere = false
  /** In the stream: the last that was taken, and those before it. What a stream lost it fills again, so that its sequences alone say nothing. */
  #last = 0
  #taken: StoredBatch[] = []
  #progressAt: number

  /** @throws MprtapError MPRTAP_INVALID_ARGUMENT when the URL, or a file, is not valid. */
  constructor(url: string, options: StreamOptions) {
    super(url, options.follow)
    const address = parseEngineUrl(url)
    if (address.stream === '')
      throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `${url} names no stream; it looks like nats://host:4222/STREAM.`)
    this.#options = options
    this.#silence = new SilentServer(options.clock)
    this.#stream = address.stream
    this.#partitions = address.partitions
    this.#connection = connectionOptions(address, options, 'mprtap')
    this.#progressAt = options.clock.now()
    void this.#read()
  }

  override look(): Found | undefined {
    this.passHoles(this.#options.clock.now())
    return super.look()
  }

  override close(): void {
    super.close()
    this.#isClosed = true
    void this.#messages?.close().catch(() => {})
    void this.#engine?.close().catch(() => {})
  }

  async #read(): Promise<void> {
    const { follow, clock } = this.#options
    while (!this.#isClosed) {
      try {
        this.#engine ??= await openEngine(this.#connection)
        if (this.#isClosed) break
        if (await this.#readOn(this.#engine)) break
      } catch (error) {
        if (this.#isClosed) break
        const isWrong = isMissing(error) && !(follow && this.#wasThere)
        const isOver = isWrong || (!follow && clock.now() - this.#progressAt > GIVE_UP_MS)
        this.tell(
          'stream-unreadable',
          'engine',
          `${this.name} ${describeFault(error)}; ${isOver ? 'it is not read to its end' : 'it is tried again'}.`,
        )
        if (isOver) break
        this.#silence.failed(error, this.#engine)
        if (this.#engine?.isClosed()) this.#engine = undefined
        await clock.sleep(RETRY_MS)
      }
    }
    this.endOfMessages()
    await this.#engine?.close().catch(() => {})
  }

  /** @returns true at the end of what is to be read. */
  async #readOn(engine: NatsConnection): Promise<boolean> {
    const { follow, clock } = this.#options
    const manager = await jetstreamManager(engine, { checkAPI: false })
    const { first_seq, last_seq } = (await manager.streams.info(this.#stream)).state
    this.#wasThere = true
    this.#silence.answered()
    const since = this.#last > 0 ? undefined : this.#startTime()
    if (this.#last === 0) this.isWhole = first_seq <= 1 && since === undefined
    const log = new StreamLog(manager, this.#stream)
    await this.#goBack(log)
    this.#told()
    if (!follow && this.#last >= last_seq) return true
    const [first, last] = this.#partitions
    // Of all that is in the stream: none of it is passed over by the engine.
    const isAll = since === undefined && first !== last
    const consumer: Consumer = await jetstream(engine).consumers.get(this.#stream, {
      ...(since === undefined
        ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(this.#last + 1, first_seq, 1) }
        : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: since }),
      // Servers before 2.10 take one filter: of several partitions all messages come, and those of others are passed over here.
      ...(first === last ? { filter_subjects: subjectsOfPartition(first) } : {}),
    })
    if (!follow && (await consumer.info()).num_pending === 0) return this.#endsAt(log, last_seq, isAll)
    const messages = await consumer.consume({ max_messages: MESSAGES_AT_ONCE, expires: ASK_MS })
    this.#messages = messages
    // The library goes on by sequence after a reconnect; what was taken has to be looked at first.
    void stopAt(engine.status(), CUT, messages)
    void stopAt(messages.status(), REPLACED, messages)
    const watching = this.#watch(log, messages, isAll)
    try {
      for await (const message of messages) {
        this.#take(message)
        this.#progressAt = clock.now()
        if (this.#isMine(message.subject)) this.add({ subject: message.subject, data: message.data, encoding: encodingOf(message) })
        if (!follow && (message.seq >= last_seq || message.info.pending === 0)) return this.#endsAt(log, last_seq, isAll)
        while (!this.hasRoom && !this.#isClosed) await clock.sleep(5)
        if (this.#isClosed) return true
      }
    } finally {
      watching.stop()
    }
    throw new Error('the stream is given no longer')
  }

  /** The server that gives the stream has no more of it. @returns true when there is no more. @throws Error when its leader has more. */
  async #endsAt(log: StreamLog, last: number, isAll: boolean): Promise<true> {
    if (isAll && (await this.#lacks(log, last))) throw new Error('a server has less of the stream than its leader')
    return true
  }

  /** Whether the leader has a message at this sequence, and nothing was taken that far. @throws the library's errors. */
  async #lacks(log: StreamLog, sequence: number): Promise<boolean> {
    return this.#last < sequence && (await log.idAt(sequence)) !== undefined
  }

  /**
   * The server that gives the messages need not be the stream's leader. When it has lost touch with it, it gives nothing new for long, or has others at the same
   * sequences, and says that it lives. So what was taken is compared with what the leader has now and then; the engine is asked anew when that is more, or
   * another, and chooses a server again.
   */
  #watch(log: StreamLog, messages: ConsumerMessages, isAll: boolean): Pick<Timer, 'stop'> {
    let isOver = false
    let taken = this.#last
    /** The last that the leader had when nothing had come for a while; 0: something came. */
    let there = 0
    const look = async () => {
      try {
        const isSilent = () => this.#last === taken && this.hasRoom
        const isOther = !(await log.has(this.#taken.at(-1)))
        if (isOther || (isAll && isSilent() && (await this.#lacks(log, there)) && isSilent())) return await messages.close()
        there = isSilent() ? await log.last() : 0
        taken = this.#last
      } catch {
        // Whoever asks for messages hears of it, too.
      }
      if (!isOver) timer.again(COMPARE_MS)
    }
    const timer = this.#options.clock.timer(() => void look(), COMPARE_MS, { idle: true })
    const stop = () => {
      isOver = true
      timer.stop()
    }
    return { stop }
  }

  /** A message has only what was written before it was sent, as far as clocks agree, and operations whose beginning was not long before their end. */
  #startTime(): string | undefined {
    const { since = Number.NEGATIVE_INFINITY } = this.#options
    const start = since - SINCE_MARGIN_MS
    return start > 0 && start < TIME_MAX ? new Date(start).toISOString() : undefined
  }

  /** Messages on other subjects are in every reader's part, so that somebody reports them. */
  #isMine(subject: string): boolean {
    const from = parseSubject(subject)
    const [first, last] = this.#partitions
    return 'refusal' in from || (from.partition >= first && from.partition <= last)
  }

  #take(message: JsMsg): void {
    this.#last = message.seq
    const id = message.headers?.get('Nats-Msg-Id')
    if (!id) return
    this.#taken.push({ id, sequence: message.seq })
    if (this.#taken.length > 2 * TAKEN_MAX) this.#taken.splice(0, TAKEN_MAX)
  }

  /** A stream that has lost its end is read again from there: what comes instead is new, or known by its records. */
  async #goBack(log: StreamLog): Promise<void> {
    const missing = await log.firstMissing(this.#taken)
    if (missing === this.#taken.length) return
    // Nothing that is known is there: another stream has the name, and begins anew.
    this.#last = missing === 0 ? 0 : this.#taken[missing]!.sequence - 1
    this.#taken.length = missing
  }

  /** It is there (again). */
  #told(): void {
    this.tell('stream-unreadable', 'engine', undefined)
  }
}

/** The connection is gone. */
const CUT: readonly string[] = ['disconnect', 'close']
/** What says that the stream, or what gives its messages, is not what it was, or gives none any more. */
const REPLACED: readonly string[] = [
  'stream_not_found',
  'consumer_not_found',
  'consumer_deleted',
  'ordered_consumer_recreated',
  'heartbeats_missed',
]

/** No more messages after one of these events: the library would go on after the last sequence, whatever the stream has there by now. */
async function stopAt(
  events: AsyncIterable<{ readonly type: string }>,
  types: readonly string[],
  messages: ConsumerMessages,
): Promise<void> {
  for await (const { type } of events) if (types.includes(type)) break
  await messages.close().catch(() => {})
}

function encodingOf(message: JsMsg): string {
  return message.headers?.get(HEADER_ENCODING) ?? ''
}

/** A name that no stream has is a mistake, and trying again does not change it; unless it had one, which may be made again. */
function isMissing(error: unknown): boolean {
  return (error as Error).name === 'StreamNotFoundError'
}
