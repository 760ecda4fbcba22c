// A sink: where batches go. A capture, lines of JSON, a stream, metrics.

/** What a sink takes: a batch of a tap, or anything that is acknowledged as one. */
export interface Acknowledged {
  /** The sink has kept it: after a restart it is not read again. */
  acknowledge(): void
}

/** Where batches go. It says itself when one is kept. */
export interface Sink<Batch extends Acknowledged = Acknowledged> {
  /**
   * Takes a batch. Resolves when the sink accepts the next one: back-pressure is this promise, and its cost is the ring's overrun, which is counted.
   * The batch is acknowledged by the sink when it is kept, which may be later and in another order.
   */
  write(batch: Batch): Promise<void>
  /** Resolves when all that was written is kept. */
  flush(): Promise<void>
  close(): Promise<void>
}
