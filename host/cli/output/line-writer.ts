import { once } from 'node:events'

/** A pipe without a reader, on POSIX and on Windows. */
const GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EOF'])

/**
 * Writes lines to a stream no faster than they are taken. A reader may go away (`| head`): from then on
 * {@link closed} is aborted and lines go nowhere.
 */
export class LineWriter {
  /** Changes each line before it is written. */
  change: (line: string) => string = (line) => line
  readonly #stream: NodeJS.WritableStream
  readonly #gone = new AbortController()
  #error: Error | undefined

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream
    // Stays for good: a pipe reports its reader's end after the write that ran into it.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // A terminal that was closed answers EIO; from a file it is an error of the disk.
      const isGone = GONE.has(error.code) || (error.code === 'EIO' && 'isTTY' in stream && stream.isTTY === true)
      if (!isGone) this.#error ??= error
      this.#gone.abort()
    })
    stream.on('close', () => this.#gone.abort())
  }

  /** Aborted once nobody takes lines any more. */
  get closed(): AbortSignal {
    return this.#gone.signal
  }

  /**
   * Resolves when the stream takes more lines, or never will.
   *
   * @throws Error when writing failed for another reason than a reader that went away.
   */
  async write(line: string): Promise<void> {
    if (!this.closed.aborted && !this.#stream.write(`${this.change(line)}\n`)) {
      await once(this.#stream, 'drain', { signal: this.closed }).catch(() => {})
    }
    if (this.#error) throw this.#error
  }

  /**
   * Resolves when all lines have been handed on, or never will be.
   *
   * @throws Error as {@link write}.
   */
  async flush(): Promise<void> {
    if (!this.closed.aborted) await new Promise<void>((resolve) => this.#stream.write('', () => resolve()))
    if (this.#error) throw this.#error
  }
}
