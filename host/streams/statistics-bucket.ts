// The bucket that hosts put their statistics into, each in the place of its last ones. A bucket of NATS's key-value store is a stream with one message a
// subject:
//
//      stream   KV_<STREAM>_statistics
//      subject  $KV.<STREAM>_statistics.v1.<site>.<partition>.<host>

import { DeliverPolicy, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from './engine.ts'
import { parseSubject, subjectOf } from './subject.ts'

/** A subject of the farm's stream begins with it; the rest of it is the key. */
const ROOT = 'mprtap.'
/** Values that are asked for at a time, and how long they may take, ms. */
const AT_ONCE = 256
const ANSWER_MS = 10_000

export function bucketOf(stream: string): string {
  return `${stream}_statistics`
}

export function bucketStreamOf(stream: string): string {
  return `KV_${bucketOf(stream)}`
}

export function valueSubjectOf(stream: string, site: string, host: string): string {
  return `$KV.${bucketOf(stream)}.${subjectOf(site, host).slice(ROOT.length)}`
}

export interface BucketValue {
  /** Whose it is, by its subject; `undefined`: nobody's. */
  readonly host: string | undefined
  readonly site: string
  readonly bytes: Uint8Array
}

/** Reads the last value of each host. @throws the library's errors; an Error when the engine stops answering. */
export async function readBucket(connection: NatsConnection, stream: string, take: (value: BucketValue) => void): Promise<void> {
  const prefix = `$KV.${bucketOf(stream)}.`
  const consumer = await jetstream(connection).consumers.get(bucketStreamOf(stream), {
    deliver_policy: DeliverPolicy.LastPerSubject,
    filter_subjects: `${prefix}>`,
  })
  let left = (await consumer.info()).num_pending
  while (left > 0) {
    const before = left
    for await (const message of await consumer.fetch({ max_messages: AT_ONCE, expires: ANSWER_MS })) {
      left = message.info.pending
      // A deleted value is an empty message.
      if (message.data.length === 0) continue
      const from = parseSubject(ROOT + message.subject.slice(prefix.length))
      const { host, site } = 'refusal' in from ? { host: undefined, site: '' } : from
      take({ host, site, bytes: message.data })
      if (left === 0) break
    }
    if (left >= before) throw new Error('it gives no more of the bucket')
  }
}
