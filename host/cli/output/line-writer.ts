import { once } from 'node:events'
import type { Writable } from 'node:stream'

/**
 * Writes lines to a stream no faster than they are taken. A reader that goes away (`| head`) is not an error: from then on
 * {@link closed} is set and lines go nowhere.
 */
export class LineWriter {
  readonly #stream: Writable
  readonly #gone = new AbortController()
  #error: Error | undefined

  constructor(stream: Writable) {
    this.#stream = stream
    // Stays for good: a pipe reports its reader's end after the write that ran into it.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EOF') this.#error ??= error
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
    if (!this.closed.aborted && !this.#stream.write(`${line}\n`)) {
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
