// The stream that a farm keeps its messages in.

import { DiscardPolicy, type JetStreamManager, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream'
import { bucketOf, bucketStreamOf } from './statistics-bucket.ts'
import { EVERY_SUBJECT } from './subject.ts'

export interface FarmStreamOptions {
  readonly name: string
  readonly replicas: number
  /** ms. */
  readonly maxAgeMs: number
  readonly maxBytes: number
}

/** What became of a stream, and how it differs from what was asked for where it cannot be changed. */
export interface FarmStream {
  readonly name: string
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

/** Statistics of this number of hosts have room, if each is as long as it may be. */
const BUCKET_BYTES = 640 * 1024 * 1024
const VALUE_BYTES_MAX = 72 * 1024

/** What makes a stream a bucket of NATS's key-value store that keeps the last value of each key. */
function bucketOfFarm({ name, replicas, maxBytes }: FarmStreamOptions) {
  return {
    name: bucketStreamOf(name),
    description: 'mprtap: statistics of hosts',
    subjects: [`$KV.${bucketOf(name)}.>`],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    max_msgs_per_subject: 1,
    max_bytes: Math.min(BUCKET_BYTES, maxBytes),
    max_msg_size: VALUE_BYTES_MAX,
    num_replicas: replicas,
    allow_rollup_hdrs: true,
    allow_direct: true,
    deny_delete: true,
  } satisfies Partial<StreamConfig>
}

/** What a stream keeps from its beginning. */
const FIXED: readonly (keyof StreamConfig)[] = ['storage', 'retention']

/** Makes the stream and the bucket, or brings them to what is asked for. @throws the library's errors. */
export async function initFarm(manager: JetStreamManager, options: FarmStreamOptions): Promise<FarmStream[]> {
  const stream = await bring(manager, wantedOf(options))
  const bucket = await bring(manager, bucketOfFarm(options))
  return [stream, { ...bucket, name: bucketOf(options.name) }]
}

async function bring(manager: JetStreamManager, wanted: Partial<StreamConfig> & { readonly name: string }): Promise<FarmStream> {
  const { name } = wanted
  const before = await configOf(manager, name)
  if (!before) {
    await manager.streams.add(wanted)
    return { name, made: 'new', faults: [] }
  }
  const differing = (Object.keys(wanted) as (keyof StreamConfig)[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(wanted[key]),
  )
  const faults = differing
    .filter((key) => FIXED.includes(key))
    .map((key) => `its ${key} is ${JSON.stringify(before[key])}, which cannot be changed; it should be ${JSON.stringify(wanted[key])}`)
  const changes = Object.fromEntries(differing.filter((key) => !FIXED.includes(key)).map((key) => [key, wanted[key]]))
  if (Object.keys(changes).length === 0) return { name, made: 'as it was', faults }
  await manager.streams.update(name, { ...before, ...changes })
  return { name, made: 'changed', faults }
}

async function configOf(manager: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await manager.streams.info(name)).config
  } catch (error) {
    if ((error as Error).name === 'StreamNotFoundError') return undefined
    throw error
  }
}
