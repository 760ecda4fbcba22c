// A tap whose operations a test hands out itself.

import type { TapStats } from '../../host/model/account.ts'
import type { Operation } from '../../host/model/events.ts'
import type { LiveTap } from '../../host/serve/live-tap.ts'

const FILE_ID = '00000000000000aa'
let sequence = 0

/** An operation; what a test does not say is ordinary. */
export function operation(given: Partial<Operation> = {}): Operation {
  const own = sequence++
  return {
    type: 'operation',
    id: `${FILE_ID}-${own}`,
    completes: undefined,
    host: undefined,
    kind: 'add',
    outcome: 'succeeded',
    time: Date.UTC(2026, 5, 1, 8),
    timestamp: '2026-06-01T08:00:00.0000000Z',
    durationMs: 12,
    status: 0,
    error: undefined,
    remoteName: '\\\\fs01\\home',
    localName: 'H:',
    provider: undefined,
    flags: 0,
    resourceType: 'disk',
    force: undefined,
    ownerWindow: false,
    process: { id: 4, threadId: 8, image: 'net.exe', startTime: 0, bits: 64 },
    impersonated: false,
    sessionId: 2,
    logonId: '0x1',
    user: 'S-1-5-18',
    truncated: undefined,
    unreadable: undefined,
    sequence: own,
    ...given,
  } as unknown as Operation
}

const NOTHING = {
  operations: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  unfinished: 0,
  notifications: 0,
  delivered: 0,
  lost: 0,
  overrun: 0,
  abandoned: 0,
  late: 0,
  corrupt: 0,
  pending: 0,
  waiting: 0,
  rewinds: 0,
  rings: 1,
} // prettier-ignore

export class FakeTap implements LiveTap {
  isClosed = false
  counts: Partial<TapStats> = {}
  readonly #waiting: Operation[][] = []
  #wake = () => {}

  /** Hands out one batch. */
  send(...operations: Operation[]): void {
    this.#waiting.push(operations)
    this.#wake()
  }

  async *batches() {
    while (!this.isClosed) {
      const operations = this.#waiting.shift()
      if (operations) yield { objects: () => operations }
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  stats(): TapStats {
    return { ...NOTHING, ...this.counts } as TapStats
  }

  statistics() {
    return []
  }

  async close(): Promise<void> {
    this.isClosed = true
    this.#wake()
  }
}
