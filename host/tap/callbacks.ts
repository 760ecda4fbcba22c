// The user's callbacks. One that throws, or returns a promise that rejects, ends its tap and nothing else: the loop over the tap gets the error.

export class Callbacks {
  /** What a callback threw first. */
  failure: { readonly error: unknown } | undefined
  /** Called when the first one fails. */
  onFailure: () => void = () => {}

  /** A callback that cannot throw. */
  guard<Value>(callback: ((value: Value) => unknown) | undefined): ((value: Value) => void) | undefined {
    if (!callback) return undefined
    return (value) => {
      try {
        const result = callback(value)
        // Anything with a `then` may reject.
        if (typeof result === 'object' && result !== null) Promise.resolve(result).then(undefined, this.#fail)
      } catch (error) {
        this.#fail(error)
      }
    }
  }

  /** @throws what a callback threw. */
  check(): void {
    if (this.failure) throw this.failure.error
  }

  readonly #fail = (error: unknown) => {
    if (this.failure) return
    this.failure = { error }
    this.onFailure()
  }
}
