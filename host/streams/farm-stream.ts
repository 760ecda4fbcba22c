// The stream that a farm keeps its messages in.

import { DiscardPolicy, type JetStreamManager, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream'
import { EVERY_SUBJECT } from './subject.ts'

export interface FarmStreamOptions {
  readonly name: string
  readonly replicas: number
  /** ms. */
  readonly maxAgeMs: number
  readonly maxBytes: number
}

/** What became of it, and how it differs from what was asked for where it cannot be changed. */
export interface FarmStream {
  readonly made: 'new' | 'changed' | 'as it was'
  readonly faults: readonly string[]
}

const NANOSECONDS_A_MS = 1_000_000
/** In which a message that is sent again is recognised by the engine; readers recognise it at any time. */
const DUPLICATE_WINDOW_MS = 120_000
/** More than any message of ours. */
const MESSAGE_BYTES_MAX = 512 * 1024

function wantedOf({ name, replicas, maxAgeMs, maxBytes }: FarmStreamOptions) {
  return {
    name,
    description: 'mprtap: what hosts forward',
    subjects: [EVERY_SUBJECT],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    // When it is full the senders wait, and nothing is gone that nobody has read.
    discard: DiscardPolicy.New,
    max_age: maxAgeMs * NANOSECONDS_A_MS,
    max_bytes: maxBytes,
    max_msg_size: MESSAGE_BYTES_MAX,
    num_replicas: replicas,
    duplicate_window: Math.min(DUPLICATE_WINDOW_MS, maxAgeMs) * NANOSECONDS_A_MS,
    allow_direct: true,
  } satisfies Partial<StreamConfig>
}

/** What a stream keeps from its beginning. */
const FIXED: readonly (keyof StreamConfig)[] = ['storage', 'retention']

/** Makes the stream, or brings it to what is asked for. @throws the library's errors. */
export async function initFarmStream(manager: JetStreamManager, options: FarmStreamOptions): Promise<FarmStream> {
  const wanted = wantedOf(options)
  const before = await configOf(manager, options.name)
  if (!before) {
    await manager.streams.add(wanted)
    return { made: 'new', faults: [] }
  }
  const differing = (Object.keys(wanted) as (keyof typeof wanted)[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(wanted[key]),
  )
  const faults = differing
    .filter((key) => FIXED.includes(key))
    .map((key) => `its ${key} is ${JSON.stringify(before[key])}, which cannot be changed; it should be ${JSON.stringify(wanted[key])}`)
  const changes = Object.fromEntries(differing.filter((key) => !FIXED.includes(key)).map((key) => [key, wanted[key]]))
  if (Object.keys(changes).length === 0) return { made: 'as it was', faults }
  await manager.streams.update(options.name, { ...before, ...changes })
  return { made: 'changed', faults }
}

async function configOf(manager: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await manager.streams.info(name)).config
  } catch (error) {
    if ((error as Error).name === 'StreamNotFoundError') return undefined
    throw error
  }
}
