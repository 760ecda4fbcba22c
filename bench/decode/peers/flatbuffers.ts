// FlatBuffers: accessors as its compiler writes them, over a batch of 256 events. Strings are shared within a batch; reading one decodes it
// each time, with the library's TextDecoder or with utf8Slice on the same bytes.

import { Builder, ByteBuffer } from 'flatbuffers'
import { kept, SLICE, type Variant } from '../../lib/measure.ts'
import type { Corpus } from '../corpus.ts'
import { tally } from '../truth.ts'
import { type CompactEvent, expand } from './compact.ts'

const DOUBLES = ['time', 'startTime', 'sequence'] as const
const WORDS =
  'kind phase notifyStatus status errorCode contextHigh contextLow flags resourceType present processId threadId bits sessionId logonIdHigh logonIdLow'.split(
    ' ',
  )
const TEXTS = ['errorName', 'remoteName', 'localName', 'provider', 'image', 'user'] as const
const FIELDS: readonly string[] = [...DOUBLES, ...WORDS, ...TEXTS]
/** Where a table's list of offsets has a field's. */
const at = (name: string) => 4 + 2 * FIELDS.indexOf(name)

/** Bits of `present`: what is a boolean, and which optional fields are there. */
const HAS_STATUS = 1
const HAS_ERROR = 2
const HAS_FORCE = 4
const FORCE = 8
const OWNER_WINDOW = 16
const HAS_RESOURCE_TYPE = 32
const IMPERSONATED = 64

function flatten(event: CompactEvent): Record<string, string | number | undefined> {
  const present =
    (event.status === undefined ? 0 : HAS_STATUS) |
    (event.error === undefined ? 0 : HAS_ERROR) |
    (event.force === undefined ? 0 : HAS_FORCE) |
    (event.force ? FORCE : 0) |
    (event.ownerWindow ? OWNER_WINDOW : 0) |
    (event.impersonated ? IMPERSONATED : 0) |
    (event.resourceType === undefined ? 0 : HAS_RESOURCE_TYPE)
  const { id: processId, ...process } = event.process
  const { error, process: _, force: __, ownerWindow: ___, impersonated: ____, ...rest } = event
  return { ...rest, ...process, processId, errorName: error?.name, errorCode: error?.code, present }
}

export function encodeFlatBuffer(slice: readonly CompactEvent[]): Uint8Array {
  const builder = new Builder(1 << 16)
  const tables = slice.map((event) => {
    const fields = flatten(event)
    const texts = TEXTS.map((name) => {
      const text = fields[name] as string | undefined
      if (text === undefined) return 0
      // The library shares no empty string: it takes one for an absent one.
      return text === '' ? builder.createString(text) : builder.createSharedString(text)
    })
    builder.startObject(FIELDS.length)
    for (const name of DOUBLES) builder.addFieldFloat64(FIELDS.indexOf(name), fields[name] as number, 0)
    for (const name of WORDS) builder.addFieldInt32(FIELDS.indexOf(name), ((fields[name] as number | undefined) ?? 0) | 0, 0)
    for (const [i, name] of TEXTS.entries()) builder.addFieldOffset(FIELDS.indexOf(name), texts[i]!, 0)
    return builder.endObject()
  })
  builder.startVector(4, tables.length, 4)
  for (const table of tables.reverse()) builder.addOffset(table)
  const vector = builder.endVector()
  builder.startObject(1)
  builder.addFieldOffset(0, vector, 0)
  builder.finish(builder.endObject())
  return builder.asUint8Array().slice()
}

const TIME = at('time')
const START_TIME = at('startTime')
const SEQUENCE = at('sequence')
const KIND = at('kind')
const PHASE = at('phase')
const NOTIFY_STATUS = at('notifyStatus')
const STATUS = at('status')
const ERROR_CODE = at('errorCode')
const ERROR_NAME = at('errorName')
const CONTEXT_HIGH = at('contextHigh')
const CONTEXT_LOW = at('contextLow')
const FLAGS = at('flags')
const RESOURCE_TYPE = at('resourceType')
const PRESENT = at('present')
const PROCESS_ID = at('processId')
const THREAD_ID = at('threadId')
const BITS = at('bits')
const SESSION_ID = at('sessionId')
const LOGON_ID_HIGH = at('logonIdHigh')
const LOGON_ID_LOW = at('logonIdLow')
const REMOTE_NAME = at('remoteName')
const LOCAL_NAME = at('localName')
const PROVIDER = at('provider')
const IMAGE = at('image')
const USER = at('user')

/** One reusable accessor, moved from event to event. */
class EventTable {
  #buffer = new ByteBuffer(new Uint8Array(0))
  #bytes: Buffer = Buffer.alloc(0)
  #vector = 0
  #position = 0

  open(bytes: Uint8Array): void {
    this.#buffer = new ByteBuffer(bytes)
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const root = this.#buffer.readInt32(0)
    this.#vector = this.#buffer.__vector(root + this.#buffer.__offset(root, 4))
  }

  move(index: number): void {
    this.#position = this.#buffer.__indirect(this.#vector + 4 * index)
  }

  #text(place: number): string | undefined {
    const offset = this.#buffer.__offset(this.#position, place)
    if (offset === 0) return undefined
    const start = this.#position + offset
    const text = start + this.#buffer.readInt32(start)
    return this.#bytes.utf8Slice(text + 4, text + 4 + this.#buffer.readInt32(text))
  }

  #textOfLibrary(place: number): string | undefined {
    const offset = this.#buffer.__offset(this.#position, place)
    return offset === 0 ? undefined : (this.#buffer.__string(this.#position + offset) as string)
  }

  #word(place: number): number {
    const offset = this.#buffer.__offset(this.#position, place)
    return offset === 0 ? 0 : this.#buffer.readUint32(this.#position + offset)
  }

  #double(place: number): number {
    const offset = this.#buffer.__offset(this.#position, place)
    return offset === 0 ? 0 : this.#buffer.readFloat64(this.#position + offset)
  }

  tally(): number {
    const remote = this.#text(REMOTE_NAME)
    const local = this.#text(LOCAL_NAME)
    return ((this.#double(TIME) | 0) + this.#word(STATUS) + this.#word(PROCESS_ID) + (remote?.length ?? 0) + 31 * (local?.length ?? 0)) | 0
  }

  tallyOfLibrary(): number {
    const remote = this.#textOfLibrary(REMOTE_NAME)
    const local = this.#textOfLibrary(LOCAL_NAME)
    return ((this.#double(TIME) | 0) + this.#word(STATUS) + this.#word(PROCESS_ID) + (remote?.length ?? 0) + 31 * (local?.length ?? 0)) | 0
  }

  unpack(): CompactEvent {
    const present = this.#word(PRESENT)
    return {
      kind: this.#word(KIND),
      phase: this.#word(PHASE),
      time: this.#double(TIME),
      notifyStatus: this.#word(NOTIFY_STATUS),
      status: present & HAS_STATUS ? this.#word(STATUS) : undefined,
      error: present & HAS_ERROR ? { code: this.#word(ERROR_CODE), name: this.#text(ERROR_NAME) } : undefined,
      contextHigh: this.#word(CONTEXT_HIGH),
      contextLow: this.#word(CONTEXT_LOW),
      remoteName: this.#text(REMOTE_NAME),
      localName: this.#text(LOCAL_NAME),
      provider: this.#text(PROVIDER),
      flags: this.#word(FLAGS),
      resourceType: present & HAS_RESOURCE_TYPE ? this.#word(RESOURCE_TYPE) : undefined,
      force: present & HAS_FORCE ? (present & FORCE) !== 0 : undefined,
      ownerWindow: (present & OWNER_WINDOW) !== 0,
      process: {
        id: this.#word(PROCESS_ID),
        threadId: this.#word(THREAD_ID),
        image: this.#text(IMAGE),
        startTime: this.#double(START_TIME),
        bits: this.#word(BITS) as 32 | 64,
      },
      impersonated: (present & IMPERSONATED) !== 0,
      sessionId: this.#word(SESSION_ID),
      logonIdHigh: this.#word(LOGON_ID_HIGH),
      logonIdLow: this.#word(LOGON_ID_LOW),
      user: this.#text(USER)!,
      sequence: this.#double(SEQUENCE),
    }
  }
}

export function flatBuffers({ encodings }: Corpus): Variant[] {
  const table = new EventTable()
  const passOver = (take: () => number) => (first: number, count: number) => {
    let sum = 0
    for (let slice = first / SLICE; slice < (first + count) / SLICE; slice++) {
      table.open(encodings.flatBuffers[slice]!)
      sum = (sum + take()) | 0
    }
    return sum
  }
  const fieldsOnly = passOver(() => {
    let sum = 0
    for (let i = 0; i < SLICE; i++) {
      table.move(i)
      sum = (sum + table.tally()) | 0
    }
    return sum
  })
  const fieldsByLibrary = passOver(() => {
    let sum = 0
    for (let i = 0; i < SLICE; i++) {
      table.move(i)
      sum = (sum + table.tallyOfLibrary()) | 0
    }
    return sum
  })
  const fully = passOver(() => {
    let sum = 0
    for (let i = 0; i < SLICE; i++) {
      table.move(i)
      const event = table.unpack()
      kept[i] = event
      sum = (sum + tally(event)) | 0
    }
    return sum
  })
  const objects = (count: number) => {
    const events: unknown[] = []
    passOver(() => {
      for (let i = 0; i < SLICE; i++) {
        table.move(i)
        events.push(expand(table.unpack()))
      }
      return 0
    })(0, count)
    return events
  }
  return [
    { name: 'flatbuffers_fields', label: 'FlatBuffers, 2 strings and 3 numbers read', pass: fieldsOnly },
    { name: 'flatbuffers_fields_library', label: 'FlatBuffers, the same with its own TextDecoder', pass: fieldsByLibrary },
    { name: 'flatbuffers_objects', label: 'FlatBuffers, all fields read', pass: fully, objects },
  ]
}
