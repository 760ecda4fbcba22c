// Batches to an OTLP receiver over HTTP, written by hand so that it is seen what was acknowledged. An acknowledgement is that of the next hop only, and the
// protocol takes repeats for the price: what is sent again has the same `log.record.uid`.

import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { gzipSync } from 'node:zlib'
import type { Clock } from '../model/clock.ts'
import { MprtapError } from '../model/errors.ts'
import type { Sink } from '../model/sink.ts'
import { type Credentials, readCredentials } from '../streams/credentials.ts'
import type { EventBatch } from './event-batch.ts'
import { logsRequest, type OtlpResource } from './otlp-logs.ts'
import { retryDelay } from './retry.ts'

const ANSWER_MS = 10_000
/** More than this of an answer is not read. */
const ANSWER_BYTES_MAX = 4 << 20
const RETRY_AFTER_MAX_MS = 300_000
/** The answers that the protocol says to try again after. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504])
const UNSUPPORTED_MEDIA_TYPE = 415

export interface OtlpSettings extends Credentials {
  readonly url: string
  readonly resource: OtlpResource
  readonly clock: Clock
  readonly tell: (text: string) => void
  /** Records that the receiver will never take, with its reason. */
  readonly onRefused: (batch: EventBatch, records: number, why: string) => void
  readonly random?: (() => number) | undefined
}

interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly body: Buffer | undefined
}

/** @throws MprtapError MPRTAP_INVALID_ARGUMENT. */
function endpointOf(text: string): URL {
  let url: URL
  try {
    url = new URL(text)
  } catch (cause) {
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `${JSON.stringify(text)} is not a URL; it looks like http://collector:4318.`, {
      cause,
    })
  }
  if (url.username !== '' || url.password !== '')
    throw new MprtapError(
      'MPRTAP_INVALID_ARGUMENT',
      'A URL with a user or password in it is not taken; put the token into a file: --credentials FILE.',
    )
  if (url.pathname === '/') url.pathname = '/v1/logs'
  return url
}

export class OtlpSink implements Sink<EventBatch> {
  readonly counts = { requests: 0, accepted: 0, rejected: 0, refused: 0, retries: 0 }
  readonly #settings: OtlpSettings
  readonly #url: URL
  #compresses = true
  #fault = ''
  #isClosed = false
  readonly #stop = new AbortController()

  /** @throws MprtapError MPRTAP_INVALID_ARGUMENT when the URL or a file is not valid. */
  constructor(settings: OtlpSettings) {
    this.#settings = settings
    this.#url = endpointOf(settings.url)
    for (const path of [settings.credentials, settings.ca, settings.cert, settings.key]) if (path !== undefined) readCredentials(path)
  }

  /** Resolves when the receiver has taken the batch, or will never take it: then it is acknowledged. */
  async write(batch: EventBatch): Promise<void> {
    const { clock, resource, tell, url } = this.#settings
    const json = Buffer.from(JSON.stringify(logsRequest(batch, resource, clock.wall())))
    const records = batch.operations.length + batch.losses.length
    for (let attempt = 0; !this.#isClosed; attempt++) {
      const result = await this.#try(json).catch((error: Error) => error)
      if (result instanceof Error) this.#complain(describe(result))
      else if (result.status >= 200 && result.status < 300) {
        this.#accepted(batch, records, result)
        break
      } else if (result.status === UNSUPPORTED_MEDIA_TYPE && this.#compresses) {
        this.#compresses = false
        continue
      } else if (!RETRYABLE.has(result.status) && !isAboutUs(result.status)) {
        this.counts.refused += records
        this.#settings.onRefused(batch, records, `it answers ${result.status}`)
        batch.acknowledge()
        break
      } else this.#complain(isAboutUs(result.status) ? `does not take these credentials (${result.status})` : `is busy (${result.status})`)
      this.counts.retries++
      const asked = result instanceof Error ? undefined : retryAfterMs(result.retryAfter, clock.wall())
      await this.#pause(Math.max(asked ?? 0, retryDelay(attempt, this.#settings.random)))
    }
    if (this.#fault !== '' && !this.#isClosed) {
      tell(`${url} takes records again.`)
      this.#fault = ''
    }
  }

  #accepted(batch: EventBatch, records: number, { body }: Answer): void {
    // A partial success is never sent again: rejected events are lost, and reported.
    const { rejected, message } = partialSuccess(body)
    const lost = Math.min(rejected, records)
    this.counts.accepted += records - lost
    this.counts.rejected += lost
    if (lost > 0) this.#settings.onRefused(batch, lost, `it rejected them${message === '' ? '' : `: ${message}`}`)
    batch.acknowledge()
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.#isClosed = true
    this.#stop.abort()
  }

  #try(json: Buffer): Promise<Answer> {
    this.counts.requests++
    const { credentials, ca, cert, key } = this.#settings
    const body = this.#compresses ? gzipSync(json) : json
    const options: RequestOptions = {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': body.length,
        ...(this.#compresses ? { 'Content-Encoding': 'gzip' } : {}),
        ...(credentials === undefined ? {} : { Authorization: `Bearer ${readCredentials(credentials).toString('latin1').trim()}` }),
      },
      timeout: ANSWER_MS,
      signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ANSWER_MS)]),
      ...(ca === undefined ? {} : { ca: readCredentials(ca) }),
      ...(cert === undefined ? {} : { cert: readCredentials(cert) }),
      ...(key === undefined ? {} : { key: readCredentials(key) }),
    }
    return new Promise((resolve, reject) => {
      const send = this.#url.protocol === 'https:' ? httpsRequest : httpRequest
      const sending = send(this.#url, options, (response) => {
        readAnswer(response).then(resolve, reject)
      })
      sending.on('error', reject)
      sending.end(body)
    })
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        timer.stop()
        this.#stop.signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = this.#settings.clock.timer(end, ms)
      this.#stop.signal.addEventListener('abort', end, { once: true })
      if (this.#isClosed) end()
    })
  }

  #complain(fault: string): void {
    if (this.#isClosed || fault === this.#fault) return
    this.#fault = fault
    this.#settings.tell(`${this.#settings.url} ${fault}; what is not sent yet waits.`)
  }
}

/** A token that was wrong or withdrawn may be put right: nothing is wrong with the records. */
function isAboutUs(status: number): boolean {
  return status === 401 || status === 403
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    size += chunk.length
    if (size > ANSWER_BYTES_MAX) {
      response.destroy()
      return { status: response.statusCode ?? 0, retryAfter: undefined, body: undefined }
    }
    chunks.push(chunk)
  }
  const retryAfter = response.headers['retry-after']
  return { status: response.statusCode ?? 0, retryAfter, body: Buffer.concat(chunks) }
}

/** Seconds, or a date. */
function retryAfterMs(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return ms > 0 ? Math.min(ms, RETRY_AFTER_MAX_MS) : undefined
}

const MESSAGE_MAX = 200

/** How many records an answer refuses, and why. An answer that is not JSON has no complaint. */
function partialSuccess(body: Buffer | undefined): { readonly rejected: number; readonly message: string } {
  try {
    const { rejectedLogRecords = 0, errorMessage = '' } = JSON.parse(body?.toString() || '{}').partialSuccess ?? {}
    const rejected = Number(rejectedLogRecords)
    return { rejected: rejected > 0 && Number.isSafeInteger(rejected) ? rejected : 0, message: String(errorMessage).slice(0, MESSAGE_MAX) }
  } catch {
    return { rejected: 0, message: '' }
  }
}

function describe(error: Error): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'CERT_HAS_EXPIRED') return 'has a certificate that has expired'
  if (error.name === 'TimeoutError' || code === 'ABORT_ERR') return 'does not answer'
  return `cannot be reached (${code ?? message})`
}
