// A capture that comes as a stream: compressed, or through standard input. The bytes that have come and are not read yet are bounded.

import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { INPUT_ENDED, INPUT_WAITS, type Input } from './input.ts'

/** Bytes that wait to be read, more or less; a chunk of gunzip's is 16 KiB, however small what it was made of. */
const QUEUED_MAX = 4 << 20

export class StreamInput implements Input {
  readonly name: string
  failure: string | undefined
  readonly #stream: Readable
  #chunks: Uint8Array[] = []
  #queued = 0
  #ended = false
  #wake: (() => void)[] = []

  constructor(name: string, stream: Readable) {
    this.name = name
    this.#stream = stream
    stream.on('data', (chunk: Uint8Array) => {
      this.#chunks.push(chunk)
      this.#queued += chunk.length
      if (this.#queued >= QUEUED_MAX) stream.pause()
      this.#tell()
    })
    stream.on('end', () => this.end())
    stream.on('error', (error: NodeJS.ErrnoException) => this.end(describeError(error)))
  }

  /** There is nothing more to come. */
  end(failure?: string): void {
    this.failure ??= failure
    this.#ended = true
    this.#tell()
  }

  read(target: Uint8Array): number {
    let filled = 0
    while (filled < target.length) {
      const chunk = this.#chunks[0]
      if (!chunk) break
      const part = chunk.subarray(0, target.length - filled)
      target.set(part, filled)
      filled += part.length
      this.#queued -= part.length
      if (part.length === chunk.length) this.#chunks.shift()
      else this.#chunks[0] = chunk.subarray(part.length)
    }
    if (this.#queued < QUEUED_MAX / 2) this.#stream.resume()
    return filled > 0 ? filled : this.#ended ? INPUT_ENDED : INPUT_WAITS
  }

  wait(): Promise<void> {
    if (this.#queued > 0 || this.#ended) return Promise.resolve()
    return new Promise((resolve) => void this.#wake.push(resolve))
  }

  close(): void {
    this.#stream.destroy()
    this.#chunks = []
    this.#queued = 0
    this.end()
  }

  #tell(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }
}

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

/** A compressed file; it takes care of the open file. */
export function gunzipFile(name: string, fd: number): Input {
  return new StreamInput(name, gunzip(createReadStream(name, { fd, start: 0 })))
}

/** What is piped in, compressed or not: its first bytes say so. */
export function standardInput(): Input {
  const { stdin } = process
  const begun = new Promise<boolean>((resolve) => {
    stdin.once('readable', () => {
      const first = stdin.read() as Buffer | null
      if (first) stdin.unshift(first)
      resolve(first !== null && isGzip(first))
    })
  })
  return new LateInput(
    '-',
    begun.then((compressed) => new StreamInput('-', compressed ? gunzip(stdin) : stdin)),
  )
}

function gunzip(source: Readable): Readable {
  const target = createGunzip()
  source.on('error', (error) => target.destroy(error))
  target.on('close', () => source.destroy())
  return source.pipe(target)
}

/** An input that is known only when its first bytes have come. */
class LateInput implements Input {
  readonly name: string
  #input: Input | undefined
  readonly #known: Promise<unknown>
  #closed = false

  constructor(name: string, input: Promise<Input>) {
    this.name = name
    this.#known = input.then((known) => {
      this.#input = known
      if (this.#closed) known.close()
    })
  }

  get failure(): string | undefined {
    return this.#input?.failure
  }

  read(target: Uint8Array): number {
    if (this.#closed) return INPUT_ENDED
    return this.#input ? this.#input.read(target) : INPUT_WAITS
  }

  async wait(): Promise<void> {
    await this.#known
    await this.#input!.wait()
  }

  close(): void {
    this.#closed = true
    this.#input?.close()
    if (!this.#input) process.stdin.destroy()
  }
}

function describeError(error: NodeJS.ErrnoException): string {
  if (error.code === 'Z_BUF_ERROR') return 'is cut short: its compressed data has no end'
  if (error.code?.startsWith('Z_')) return 'has damaged compressed data'
  return `cannot be read (${error.code ?? error.message})`
}
