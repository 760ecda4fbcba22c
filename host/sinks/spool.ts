// Batches on disk while the engine is away: captures, one section a batch, sent in their order when the engine is back, and removed when they are kept there.
//
//      write() ──► engine there and nothing spooled ──────────────────────► inner sink
//              └─► otherwise: spool-<UTC start>-<n>.pcapng, fsync, acknowledged ──► oldest first ──► inner sink; all of a file kept: it is removed

import { existsSync, mkdirSync, readFileSync, statSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PACKET_ACCOUNT, PACKET_BODY, PACKET_RECORD, PACKET_RUN } from '../../format/capture-layout.ts'
import { SLOT_CHECKSUM } from '../../format/layout.ts'
import { CaptureFile } from '../captures/capture-file.ts'
import { captureFileName, capturesNamed } from '../captures/capture-names.ts'
import { CAPTURE_PACKET, CaptureReader } from '../captures/capture-reader.ts'
import { MemoryInput } from '../captures/file-input.ts'
import { decodeAccount, decodeRun } from '../captures/packet.ts'
import { BLOCK_LENGTH_MIN, BLOCK_SECTION } from '../captures/pcapng.ts'
import { sequenceOf } from '../captures/record-packet.ts'
import type { Clock } from '../model/clock.ts'
import { MprtapError } from '../model/errors.ts'
import type { Sink } from '../model/sink.ts'
import { RAW_MAX } from '../streams/message.ts'
import type { StoredBatch } from '../streams/stream-log.ts'
import type { RecordBatch } from './record-batch.ts'

const NAME = 'spool'
/** A file is removed as a whole, so it is not large. */
const FILE_BYTES = 8 << 20
/** A larger one was not made here, and is not read: files are read whole. */
const FILE_BYTES_MAX = 2 * FILE_BYTES
/** How often it is looked whether the engine is back, has room, or the disk has. */
const LOOK_MS = 50
const RETRY_MS = 1000
/** Why nothing can be written, in words. */
const WHY_NOT_WRITTEN: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EROFS: 'the disk is read-only',
}

/** The sink that batches go to, as far as the spool needs it. */
export interface SpooledSink extends Sink<RecordBatch> {
  readonly isAway: boolean
  readonly hasRoom: boolean
  readonly stored: readonly StoredBatch[]
}

export interface SpoolSettings {
  readonly folder: string
  /** Bytes of all files. When they are there, what comes waits in the rings. */
  readonly maxBytes: number
  readonly clock: Clock
  readonly tell: (text: string) => void
}

/** A file of the spool. */
interface SpoolFile {
  readonly path: string
  bytes: number
  /** Batches that were sent, and those of them that are kept. */
  sent: number
  kept: number
  isRead: boolean
}

export class Spool implements Sink<RecordBatch> {
  readonly counts = { spooled: 0, sent: 0, removed: 0 }
  readonly #inner: SpooledSink
  readonly #settings: SpoolSettings
  /** The oldest first. The last one may be `#open`. */
  readonly #files: SpoolFile[]
  #open: { readonly file: CaptureFile; readonly entry: SpoolFile } | undefined
  #number: number
  #fault = ''
  #isClosed = false
  readonly #draining: Promise<void>

  /** @throws MprtapError MPRTAP_INVALID_ARGUMENT when the folder cannot be made or read. */
  constructor(inner: SpooledSink, settings: SpoolSettings) {
    this.#inner = inner
    this.#settings = settings
    const files = filesIn(settings.folder)
    this.#number = files.at(-1)?.number ?? 0
    this.#files = files.flatMap(({ path }) => {
      const status = statSync(path)
      // One that was made when a process was ended has nothing in it; anything but a plain file would be waited for, without end.
      if (!status.isFile() || status.size === 0) return []
      if (status.size > FILE_BYTES_MAX) {
        settings.tell(`${path} has ${status.size} bytes, more than any file of a spool; it is left alone.`)
        return []
      }
      return [{ path, bytes: status.size, sent: 0, kept: 0, isRead: false }]
    })
    this.#draining = this.#drain()
  }

  get stored(): readonly StoredBatch[] {
    return this.#inner.stored
  }

  get bytes(): number {
    return this.#files.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  async write(batch: RecordBatch): Promise<void> {
    const { clock } = this.#settings
    while (!this.#isClosed) {
      const isDirect = this.#files.every(({ isRead }) => isRead) && !this.#inner.isAway
      if (isDirect && this.#inner.hasRoom) return this.#inner.write(batch)
      // A message without records says that the host is there: it is of no use later.
      if (!isDirect && batch.records === 0 && batch.missing === undefined) return
      if (!isDirect && (await this.#keep(batch))) return
      await clock.sleep(isDirect ? LOOK_MS : RETRY_MS)
    }
  }

  async flush(): Promise<void> {
    await this.#inner.flush()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#inner.close()
    await this.#draining
    this.#open?.file.close()
    this.#open = undefined
  }

  /** Appends a batch, and waits for the disk. False: there is no room now. */
  async #keep(batch: RecordBatch): Promise<boolean> {
    const { folder, maxBytes, clock } = this.#settings
    if (this.bytes + batch.section.length > maxBytes) {
      this.#complain(
        `The spool in ${folder} is full (${maxBytes} bytes); what comes waits in the rings, and is lost when they are overwritten.`,
      )
      return false
    }
    try {
      if (this.#open && this.#open.file.size + batch.section.length > FILE_BYTES) this.#end()
      if (!this.#open) {
        const file = new CaptureFile(join(folder, captureFileName(NAME, clock.wall(), ++this.#number)))
        const entry = { path: file.path, bytes: 0, sent: 0, kept: 0, isRead: false }
        this.#files.push(entry)
        this.#open = { file, entry }
      }
      const { file, entry } = this.#open
      file.append(batch.section)
      entry.bytes = file.size
      await file.sync()
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      const why = WHY_NOT_WRITTEN[code ?? ''] ?? code ?? message
      this.#complain(
        `The spool in ${folder} cannot be written (${why}); what comes waits in the rings, and is lost when they are overwritten.`,
      )
      return false
    }
    if (this.#fault) this.#settings.tell(`The spool in ${folder} can be written again.`)
    this.#fault = ''
    this.counts.spooled++
    batch.acknowledge()
    return true
  }

  #end(): void {
    this.#open?.file.close()
    this.#open = undefined
  }

  /** Sends what is spooled, the oldest first, whenever the engine is there. */
  async #drain(): Promise<void> {
    const { clock } = this.#settings
    while (!this.#isClosed) {
      const next = this.#files.find(({ isRead }) => !isRead)
      if (!next || next.bytes === 0 || this.#inner.isAway) await clock.sleep(LOOK_MS)
      else {
        // Reading has an end.
        if (this.#open?.entry === next) this.#end()
        await this.#send(next)
      }
    }
  }

  async #send(file: SpoolFile): Promise<void> {
    const { tell, clock } = this.#settings
    let bytes: Uint8Array
    try {
      bytes = readFileSync(file.path)
    } catch (error) {
      this.#complain(`${file.path} cannot be read (${(error as NodeJS.ErrnoException).code}); it is tried again.`)
      return clock.sleep(RETRY_MS)
    }
    let read = 0
    for (const section of sectionsIn(bytes)) {
      const batch = batchOf(section)
      if (this.#isClosed) return
      read += section.length
      if (!batch) {
        tell(`${file.path} has a batch that cannot be understood; it is passed over.`)
        continue
      }
      file.sent++
      const acknowledge = () => {
        file.kept++
        this.#removeIfKept(file)
      }
      await this.#inner.write({ ...batch, acknowledge })
      this.counts.sent++
    }
    if (this.#isClosed) return
    // The end of what was written when a process was killed was not acknowledged: it is in the ring still.
    if (read < bytes.length && read === 0) tell(`${file.path} has nothing that can be read.`)
    file.isRead = true
    this.#removeIfKept(file)
  }

  #removeIfKept(file: SpoolFile): void {
    if (!file.isRead || file.kept < file.sent) return
    try {
      unlinkSync(file.path)
      this.counts.removed++
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT')
        this.#settings.tell(`${file.path} is sent and cannot be removed (${code}); it will be sent again after a restart.`)
    }
    this.#files.splice(this.#files.indexOf(file), 1)
  }

  #complain(fault: string): void {
    if (fault !== this.#fault) this.#settings.tell(fault)
    this.#fault = fault
  }
}

/** Node's own way of making the folders above as well says ENOENT where a disk is read-only. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

function filesIn(folder: string): ReturnType<typeof capturesNamed> {
  try {
    makeFolder(folder)
    return capturesNamed(folder, NAME)
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException
    const text = `The folder ${folder} of the spool cannot be made or read (${WHY_NOT_WRITTEN[code] ?? (code || message)}); name another: --spool FOLDER.`
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', text, { cause })
  }
}

/** The sections of a capture; what is cut at its end, or no block, ends them. */
export function* sectionsIn(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let start = 0
  let at = 0
  while (at + BLOCK_LENGTH_MIN <= bytes.length) {
    const length = view.getUint32(at + 4, true)
    if (length < BLOCK_LENGTH_MIN || length % 4 !== 0 || at + length > bytes.length || at + length - start > RAW_MAX) return
    if (view.getUint32(at, true) === BLOCK_SECTION && at > start) {
      yield bytes.subarray(start, at)
      start = at
    }
    at += length
  }
  if (at === bytes.length && at > start) yield bytes.subarray(start, at)
}

/** The batch that a section was, with the id that it had; `undefined` when it was not a batch. */
export function batchOf(section: Uint8Array): Omit<RecordBatch, 'acknowledge'> | undefined {
  const reader = new CaptureReader(new MemoryInput('a batch', section))
  let first: number | undefined
  let next = 0
  let checksum = 0n
  let records = 0
  while (reader.next() === CAPTURE_PACKET) {
    const packet = reader.bytes.subarray(reader.start, reader.end)
    if (reader.kind === PACKET_ACCOUNT) first ??= decodeAccount(packet)?.position
    else if (reader.kind === PACKET_RUN) {
      const run = decodeRun(packet)
      if (!run) return undefined
      next = run.first + run.count
      checksum = 0n
    } else if (reader.kind === PACKET_RECORD) {
      const sequence = sequenceOf(reader)
      if (sequence === undefined) return undefined
      records++
      next = sequence + 1
      checksum = reader.view.getBigUint64(reader.start + PACKET_BODY + SLOT_CHECKSUM, true)
    }
  }
  if (reader.fault || first === undefined || next <= first) return undefined
  const { host, fileId } = reader.ring
  return { id: `${host}/${fileId}/${first}-${next - 1}/${checksum.toString(16)}`, section, records }
}
