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
  readonly sources?: readonly string[] | undefined
  /** `nats://host:4222`, `tls://…`, `http://…`, `https://…`, `file:PATH`, or `-`. */
  readonly to: string
  /** What part of the farm this host belongs to. Default `main`. */
  readonly site?: string | undefined
  /** Name of this host in the farm; the machine's own if absent. */
  readonly host?: string | undefined
  /** How long a record waits for others that go with it, ms. Default 1000. */
  readonly lingerMs?: number | undefined
  /** A message comes at least so often, ms. Default 60,000. */
  readonly everyMs?: number | undefined
  /** How often the engine's servers write to their disks, ms, if it is not what their version has. */
  readonly syncMs?: number | undefined
  /** Name of the checkpoint. Default `forward`. */
  readonly consumer?: string | undefined
  readonly checkpointFolder?: string | undefined
  /** Of `nats:`: a folder that keeps batches on disk while the engine is away, */
  readonly spool?: string | undefined
  /** so many bytes of them (1,000,000,000). */
  readonly spoolBytes?: number | undefined
  /** Of `file:`: a file is full when it has so many bytes (100,000,000), */
  readonly rotateBytes?: number | undefined
  /** and so many full ones stay (10). */
  readonly keep?: number | undefined
  /** For `-`. Default: standard output. */
  readonly stdout?: Writable | undefined
  /** Ends it: what is on its way is waited for a moment. */
  readonly signal: AbortSignal
  /** Is told what goes wrong, in sentences; forwarding goes on. */
  readonly tell: (text: string) => void
}

/** The options with what they are by default. */
export type WholeForwardOptions = Omit<ForwardOptions, Defaulted> & {
  readonly [Name in Defaulted]: NonNullable<ForwardOptions[Name]>
} & { readonly version: string }
type Defaulted = keyof typeof DEFAULTS

/** The package's version, put in by the build. */
declare const MPRTAP_VERSION: string

const DEFAULTS = {
  sources: [] as readonly string[],
  site: 'main',
  lingerMs: 1000,
  everyMs: 60_000,
  consumer: 'forward',
  spoolBytes: 1e9,
  rotateBytes: 100e6,
  keep: 10,
  stdout: process.stdout as Writable,
}

function withDefaults(options: ForwardOptions): WholeForwardOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as unknown as ForwardOptions
  return { version: typeof MPRTAP_VERSION === 'string' ? MPRTAP_VERSION : '0.0.0', ...DEFAULTS, ...given } as WholeForwardOptions
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
export async function openForwarder(given: ForwardOptions): Promise<OpenedForwarder> {
  const options = withDefaults(given)
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

async function eventSinkOf(options: WholeForwardOptions): Promise<Sink<EventBatch>> {
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
