// Operations as newline-delimited JSON: into files that are never written again once they are full, or into a stream.
//
//      PATH-<UTC start>-<n>.ndjson      a new name for each file, so that no shipper takes one for another or sees one shrink

import { readdirSync, statSync, unlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CaptureFile } from '../captures/capture-file.ts'
import type { Clock } from '../model/clock.ts'
import type { Sink } from '../model/sink.ts'
import { operationJson } from '../text/event-json.ts'
import { lossJson } from '../text/loss-text.ts'
import type { EventBatch } from './event-batch.ts'

const ENDING = '.ndjson'
/** How long to wait before a disk that is full is tried again, ms. */
const RETRY_MS = 1000

/** The lines of a batch, each ended. */
export function batchLines({ operations, losses }: EventBatch, time: number): string {
  return [...losses.map((loss) => lossJson(loss, time)), ...operations.map((operation) => operationJson(operation)), ''].join('\n')
}

export interface NdjsonFileSettings {
  /** Where files are made, and how their names begin. */
  readonly path: string
  /** Bytes at which a file is full. */
  readonly rotateBytes: number
  /** So many full files stay. */
  readonly keep: number
  readonly clock: Clock
  readonly tell: (text: string) => void
}

export class NdjsonFiles implements Sink<EventBatch> {
  readonly #settings: NdjsonFileSettings
  readonly #folder: string
  readonly #name: string
  #number: number
  #file: CaptureFile | undefined
  #fault = ''
  #isClosed = false

  /** @throws Node's system errors when the folder cannot be read. */
  constructor(settings: NdjsonFileSettings) {
    this.#settings = settings
    this.#folder = dirname(settings.path)
    this.#name = basename(settings.path).replace(/\.(?:nd)?json$/i, '')
    this.#number = this.#files().at(-1)?.number ?? 0
  }

  /** Resolves when the batch is on the disk: then it is acknowledged. While the disk is full it waits. */
  async write(batch: EventBatch): Promise<void> {
    const { clock, tell } = this.#settings
    const bytes = Buffer.from(batchLines(batch, clock.wall()))
    for (;;) {
      try {
        this.#file ??= this.#begin()
        this.#file.append(bytes)
        await this.#file.sync()
        break
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        const why = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : (code ?? message)
        const fault = `${this.#file?.path ?? this.#settings.path} cannot be written (${why}); it is tried again.`
        if (fault !== this.#fault) tell(fault)
        this.#fault = fault
        if (this.#isClosed) return
        await clock.sleep(RETRY_MS)
      }
    }
    if (this.#fault) tell(`${this.#file.path} can be written again.`)
    this.#fault = ''
    batch.acknowledge()
    if (this.#file.size >= this.#settings.rotateBytes) this.#rotate()
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.#isClosed = true
    this.#file?.close()
    this.#file = undefined
  }

  #begin(): CaptureFile {
    const start = new Date(this.#settings.clock.wall()).toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '')
    return new CaptureFile(join(this.#folder, `${this.#name}-${start}-${++this.#number}${ENDING}`))
  }

  #rotate(): void {
    this.#file?.close()
    this.#file = undefined
    const files = this.#files()
    for (const { path } of files.slice(0, Math.max(0, files.length - this.#settings.keep))) {
      try {
        unlinkSync(path)
      } catch (error) {
        this.#settings.tell(`${path} cannot be removed (${(error as NodeJS.ErrnoException).code}); it is kept for now.`)
      }
    }
  }

  /** The files of this name, the oldest first. */
  #files(): { readonly path: string; readonly number: number }[] {
    const tail = /^-\d{8}T\d{6}Z-(\d{1,15})\.ndjson$/
    return readdirSync(this.#folder)
      .flatMap((file) => {
        const number = file.startsWith(this.#name) ? tail.exec(file.slice(this.#name.length))?.[1] : undefined
        return number !== undefined && statSync(join(this.#folder, file)).isFile()
          ? [{ path: join(this.#folder, file), number: Number(number) }]
          : []
      })
      .sort((a, b) => a.number - b.number)
  }
}

/** What takes text: standard output, or any other `Writable`. It is described here so that the package's types need no types of Node. */
export interface TextStream {
  write(text: string, done: (error?: Error | null) => void): unknown
}

/** Lines into a stream; a batch is acknowledged when the stream has taken it. */
export class NdjsonStream implements Sink<EventBatch> {
  readonly #stream: TextStream
  readonly #clock: Clock

  constructor(stream: TextStream, clock: Clock) {
    this.#stream = stream
    this.#clock = clock
  }

  /** @throws Error when nobody reads the stream any more. */
  write(batch: EventBatch): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(batchLines(batch, this.#clock.wall()), (error) => {
        if (error) return reject(error)
        batch.acknowledge()
        resolve()
      })
    })
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}
}
