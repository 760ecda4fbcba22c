// Where the bytes of a capture come from.

/** Bytes that are read once, from the front. */
export interface Input {
  /** As people name it. */
  readonly name: string
  /**
   * Brings bytes into `target`. Returns how many; `INPUT_ENDED` at the end; `INPUT_WAITS` when there are none yet and {@link wait} says when to ask again.
   */
  read(target: Uint8Array): number
  /** Resolves when read() has something to say. */
  wait(): Promise<void>
  close(): void
  /** Why it ended too early, as the end of a sentence that begins with its name; `undefined` when it did not. */
  readonly failure: string | undefined
}

export const INPUT_ENDED = 0
export const INPUT_WAITS = -1
