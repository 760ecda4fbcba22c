// Pieces of captures in memory. Records that wait to be handed out stay where they were read, and hold their chunk; when none does, it is used again.

const CHUNK_SIZE = 1 << 17
const CHUNK_SIZE_MIN = 1 << 14
/** Bytes of chunks that all captures together have at hand for reading, more or less. */
const READ_BYTES = 1 << 26
/** Chunks that may be held by records; beyond that records are copied out of them, so that a few records cannot hold much memory. */
const HELD_MAX = 256
const SPARE_MAX = 64

export class Chunk {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** The same as words: blocks, and so packets, begin at a multiple of four. */
  readonly words: Uint32Array
  readonly #chunks: Chunks
  #records = 0
  #isRead = true

  constructor(size: number, chunks: Chunks) {
    this.bytes = new Uint8Array(size)
    this.view = new DataView(this.bytes.buffer)
    this.words = new Uint32Array(this.bytes.buffer)
    this.#chunks = chunks
  }

  /** Records stay in it. */
  get isHeld(): boolean {
    return this.#records > 0
  }

  get mayHold(): boolean {
    return this.#chunks.held < HELD_MAX
  }

  hold(): void {
    if (this.#records++ === 0) this.#chunks.held++
  }

  letGo(): void {
    if (--this.#records > 0) return
    this.#chunks.held--
    if (!this.#isRead) this.#chunks.spare(this)
  }

  /** It is filled by a reader from now on, or no longer. */
  set isRead(isRead: boolean) {
    this.#isRead = isRead
    if (!isRead && this.#records === 0) this.#chunks.spare(this)
  }
}

/** The chunks of captures that are read together. */
export class Chunks {
  held = 0
  readonly #size: number
  readonly #spare: Chunk[] = []

  /** @param captures that are read side by side, each with a chunk. */
  constructor(captures = 1) {
    this.#size = Math.max(CHUNK_SIZE_MIN, Math.min(CHUNK_SIZE, 2 ** Math.floor(Math.log2(READ_BYTES / Math.max(captures, 1)))))
  }

  take(size = this.#size): Chunk {
    const chunk = size > this.#size ? undefined : this.#spare.pop()
    if (!chunk) return new Chunk(Math.max(size, this.#size), this)
    chunk.isRead = true
    return chunk
  }

  spare(chunk: Chunk): void {
    if (chunk.bytes.length === this.#size && this.#spare.length < SPARE_MAX) this.#spare.push(chunk)
  }
}

/** Bytes [start, end) of a chunk in a chunk of their own. */
export function copied(chunk: Chunk, start: number, end: number): Chunk {
  const copy = new Chunk((end - start + 3) & ~3, new Chunks())
  copy.bytes.set(chunk.bytes.subarray(start, end))
  return copy
}
