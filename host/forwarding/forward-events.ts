// Reads operations as a named consumer and hands them, batch by batch, to a sink.

import type { Loss } from '../model/account.ts'
import type { Clock } from '../model/clock.ts'
import type { Operation } from '../model/events.ts'
import type { Sink } from '../model/sink.ts'
import type { StopSignal } from '../model/stop-signal.ts'
import { workThenClose } from '../model/work-then-close.ts'
import { redactedLoss, redactedOperation } from '../redaction/redacted-event.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { EventBatch } from '../sinks/event-batch.ts'
import { openTap } from '../tap/open-tap.ts'
import type { Forwarded } from './forwarder.ts'

/** Operations of a batch at most: what MPR tells of a logon storm in a second or so. */
const BATCH_MAX = 1024
/** Losses that wait for the next batch. More become one count. */
const LOSSES_MAX = 1024

export interface EventForwardSettings {
  readonly sources: readonly string[]
  readonly consumer: string
  readonly checkpointFolder: string | undefined
  /** Names become pseudonyms. */
  readonly redactor?: Redactor | undefined
  readonly lingerMs: number
  readonly clock: Clock
  readonly signal: StopSignal
  readonly tell: (text: string) => void
  /** Is called with each loss. */
  readonly onLoss?: ((loss: Loss) => void) | undefined
}

/** Forwards until the signal is aborted, or sources at rest are read. The next one reads again what the sink has not acknowledged by then. */
export async function forwardEvents(settings: EventForwardSettings, sink: Sink<EventBatch>): Promise<Forwarded> {
  const { sources, consumer, checkpointFolder, redactor, lingerMs, clock, signal, tell } = settings
  const forwarded: Forwarded = { records: 0, lost: 0, batches: 0 }
  let losses: Loss[] = []
  const tap = await openTap({
    sources,
    from: { consumer },
    checkpointFolder,
    signal,
    onLoss: (found) => {
      const loss = redactor ? redactedLoss(redactor, found) : found
      forwarded.lost += loss.count
      settings.onLoss?.(loss)
      if (losses.length < LOSSES_MAX) losses.push(loss)
    },
    onDiagnostic: ({ text }) => tell(text),
  })
  let operations: Operation[] = []
  let acknowledgements: (() => void)[] = []
  let begunAt = 0
  let sending: Promise<void> = Promise.resolve()
  let isSending = false
  let failure: unknown
  const closeSink = () => void sink.close().catch(() => {})
  signal.addEventListener('abort', closeSink, { once: true })
  const send = () => {
    if (operations.length === 0 && losses.length === 0) return
    const batch = {
      operations,
      losses,
      acknowledge: acknowledgeAll(acknowledgements),
    }
    forwarded.records += operations.length
    forwarded.batches++
    operations = []
    losses = []
    acknowledgements = []
    isSending = true
    sending = sink
      .write(batch)
      .catch((error) => {
        failure ??= error
        tap.close().catch(() => {}) // it is closed below once more, and heard there
      })
      .finally(() => {
        isSending = false
      })
  }
  const timer = clock.timer(() => {
    const isDue = operations.length > 0 ? clock.now() - begunAt >= lingerMs : losses.length > 0
    if (isDue && !isSending) send()
    timer.again(lingerMs)
  }, lingerMs)
  const forward = async () => {
    for await (const batch of tap.batches()) {
      if (operations.length === 0) begunAt = clock.now()
      for (const operation of batch.objects()) operations.push(redactor ? redactedOperation(redactor, operation) : operation)
      acknowledgements.push(batch.acknowledge)
      if (operations.length < BATCH_MAX) continue
      // Nothing more is read until the sink has taken what it has: the rings keep what comes.
      await sending
      send()
    }
    await sending
    if (!signal.aborted) send()
    await sending
    if (failure !== undefined) throw failure
  }
  const end = () => {
    timer.stop()
    signal.removeEventListener('abort', closeSink)
  }
  await workThenClose(
    forward,
    end,
    () => sink.close(),
    () => tap.close(),
  )
  return forwarded
}

function acknowledgeAll(acknowledgements: readonly (() => void)[]): () => void {
  return () => {
    for (const acknowledge of acknowledgements) acknowledge()
  }
}
