// Opens a forwarder by what its URL says; what each needs is loaded when it is used.

import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MprtapError } from '../model/errors.ts'
import type { Sink } from '../model/sink.ts'
import type { EventBatch } from '../sinks/event-batch.ts'
import { systemClock } from '../system/clock.ts'
import { type ForwardOptions, hostOf, nameOf, type OpenedForwarder, type WholeForwardOptions, withDefaults } from './options.ts'

/**
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT for a URL, a site or a file with credentials that is not valid; MPRTAP_CONSUMER when another process forwards
 * under this name, or its checkpoint cannot be read; what the sources throw.
 */
export async function openForwarder(given: ForwardOptions): Promise<OpenedForwarder> {
  const options = await withRedactor(withDefaults(given))
  const { to } = options
  if (/^(?:nats|tls):/i.test(to)) return (await import('./forward-jetstream.ts')).openJetStreamForwarder(options)
  const sink = await eventSinkOf(options)
  const run = async () => {
    const { forwardEvents } = await import('./forward-events.ts')
    const consumer = `${options.consumer}.${nameOf(to)}`
    return forwardEvents({ ...options, consumer, checkpointFolder: options.checkpointFolder, clock: systemClock }, sink)
  }
  return { run, close: () => void sink.close() }
}

async function withRedactor(options: WholeForwardOptions): Promise<WholeForwardOptions> {
  const { redact, sources } = options
  if (redact === undefined) return options
  const { openRedactor } = await import('../redaction/open-redactor.ts')
  return { ...options, redactor: openRedactor(redact, false, sources) }
}

async function eventSinkOf(options: WholeForwardOptions): Promise<Sink<EventBatch>> {
  const { to, tell, rotateBytes, keep, stdout, version } = options
  if (to === '-') return new (await import('../sinks/ndjson.ts')).NdjsonStream(stdout, systemClock)
  if (/^file:/i.test(to))
    return new (await import('../sinks/ndjson.ts')).NdjsonFiles({ path: pathOf(to), rotateBytes, keep, clock: systemClock, tell })
  if (!/^https?:\/\//i.test(to))
    throw new MprtapError(
      'MPRTAP_INVALID_ARGUMENT',
      `${JSON.stringify(to.replace(/\/\/[^@/]*@/, '//…@'))} is nothing to forward to; there are nats://HOST, tls://HOST, http://HOST, https://HOST, file:PATH and -.`,
    )
  const { OtlpSink } = await import('../sinks/otlp.ts')
  const { batchLines } = await import('../sinks/ndjson.ts')
  return new OtlpSink({
    ...options,
    url: to,
    clock: systemClock,
    resource: { host: hostOf(options), version, instance: randomBytes(8).toString('hex') },
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
