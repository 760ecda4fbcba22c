// Opens a forwarder by what its URL says; what each needs is loaded when it is used.

import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Forwarded } from './forwarder.ts'
import { MprtapError } from './model/errors.ts'
import type { Sink } from './model/sink.ts'
import type { EventBatch } from './sinks/event-batch.ts'
import type { Credentials } from './streams/credentials.ts'
import { systemClock } from './system/clock.ts'

export interface ForwardOptions extends Credentials {
  /** Folders of rings, ring files and captures; none: this machine. */
  readonly sources: readonly string[]
  /** `nats://host:4222`, `tls://…`, `http://…`, `https://…`, `file:PATH`, or `-`. */
  readonly to: string
  readonly site: string
  /** Name of this host in the farm; the machine's own if absent. */
  readonly host?: string | undefined
  readonly lingerMs: number
  readonly everyMs: number
  readonly syncMs?: number | undefined
  readonly consumer: string
  readonly checkpointFolder?: string | undefined
  /** Of `file:`: a file is full when it has so many bytes, and so many full ones stay. */
  readonly rotateBytes: number
  readonly keep: number
  /** For `-`. */
  readonly stdout: Writable
  readonly version: string
  readonly signal: AbortSignal
  readonly tell: (text: string) => void
}

/** A forwarder that is ready to run; `close` lets go of its name. */
export interface OpenedForwarder {
  run(): Promise<Forwarded>
  close(): void
}

/**
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT for a URL, a site or a file with credentials that is none; MPRTAP_CONSUMER when another process forwards
 * under this name, or its checkpoint cannot be read; what the sources throw.
 */
export async function openForwarder(options: ForwardOptions): Promise<OpenedForwarder> {
  const { to } = options
  if (/^(?:nats|tls):/i.test(to)) return (await import('./forward-jetstream.ts')).openJetStreamForwarder(options)
  const sink = await eventSinkOf(options)
  const run = async () => {
    const { forwardEvents } = await import('./forward-events.ts')
    const consumer = `${options.consumer}.${nameOf(to)}`
    return forwardEvents({ ...options, consumer, checkpointFolder: options.checkpointFolder, clock: systemClock }, sink)
  }
  return { run, close: () => {} }
}

async function eventSinkOf(options: ForwardOptions): Promise<Sink<EventBatch>> {
  const { to, tell, rotateBytes, keep, stdout, version, host = hostname() } = options
  if (to === '-') return new (await import('./sinks/ndjson.ts')).NdjsonStream(stdout, systemClock)
  if (/^file:/i.test(to))
    return new (await import('./sinks/ndjson.ts')).NdjsonFiles({ path: pathOf(to), rotateBytes, keep, clock: systemClock, tell })
  if (!/^https?:\/\//i.test(to))
    throw new MprtapError(
      'MPRTAP_INVALID_ARGUMENT',
      `${JSON.stringify(to.replace(/\/\/[^@/]*@/, '//…@'))} is nothing to forward to; there are nats://HOST, tls://HOST, http://HOST, https://HOST, file:PATH and -.`,
    )
  const { OtlpSink } = await import('./sinks/otlp.ts')
  const { batchLines } = await import('./sinks/ndjson.ts')
  return new OtlpSink({
    ...options,
    url: to,
    clock: systemClock,
    resource: { host, version, instance: randomBytes(8).toString('hex') },
    onRefused: (batch, records, why) => {
      const path = options.checkpointFolder && `${options.checkpointFolder}/refused-${systemClock.wall()}.ndjson`
      if (path) writeFileSync(path, batchLines(batch, systemClock.wall()), { mode: 0o600, flag: 'a' })
      tell(
        `${to} will not take ${records} records: ${why}. ${path ? `They are kept in ${path}.` : 'They are lost; with --checkpoint-folder they are kept.'}`,
      )
    },
  })
}

/** `file:NAME` and `file:///full/path`. */
function pathOf(url: string): string {
  const path = /^file:\/\//i.test(url) ? fileURLToPath(url) : url.slice('file:'.length)
  if (path === '') throw new MprtapError('MPRTAP_INVALID_ARGUMENT', 'file: names no file; it looks like file:/var/log/mprtap/events.')
  return path
}

/** Eight characters that tell one target from another. */
export function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
