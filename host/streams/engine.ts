// The connection to NATS: from a URL and files with credentials. Everything that asks the library for a connection asks here.

import {
  type Authenticator,
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
  tokenAuthenticator,
} from '@nats-io/transport-node'
import type { Clock } from '../model/clock.ts'
import { MprtapError } from '../model/errors.ts'
import { type Credentials, readCredentials } from './credentials.ts'
import { PARTITIONS } from './subject.ts'

export type { NatsConnection }

/** A frozen server still takes connections: it is left for another one soon. */
const CONNECT_MS = 2000
const PING_MS = 3000
const PINGS_OUT = 2
const RECONNECT_MS = 250
/** So that not all hosts come back in one moment. */
const RECONNECT_JITTER_MS = 2000

/** No answer for so long, while requests were made, and the server is left; twice as long after each time, up to the longest. */
const SILENT_MS = 5000
const SILENT_LONGEST_MS = 60_000

export interface EngineAddress {
  readonly servers: readonly string[]
  readonly isTls: boolean
  /** The stream that the path names; '' when it names none. */
  readonly stream: string
  /** Which partitions of it are read: the first and the last. */
  readonly partitions: Partitions
}

export type Partitions = readonly [first: number, last: number]

const ALL_PARTITIONS: Partitions = [0, PARTITIONS - 1]
const STREAM = /^[A-Za-z0-9_-]{1,255}$/

/**
 * Takes `nats://host:4222,host2:4222/STREAM?partitions=0-31` apart.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when it is not one, or has a password in it.
 */
export function parseEngineUrl(text: string): EngineAddress {
  const [, scheme, list, stream = '', query] =
    /^(nats|tls):\/\/([^/?]+)(?:\/([^?]*)(?:\?(.*))?)?$/i.exec(text.replaceAll(/,(?:nats|tls):\/\//gi, ',')) ?? []
  // The text is not shown when there may be a secret in it.
  if (list?.includes('@'))
    throw invalid(
      'A URL with a user or password in it is not taken, as it shows in lists of processes; put them into a file: --credentials FILE.',
    )
  const hosts = list?.split(',') ?? []
  if (scheme === undefined || hosts.length === 0 || !hosts.every(isHost))
    throw invalid(`${JSON.stringify(text)} is not the URL of a NATS server; it looks like nats://host:4222 or tls://host:4222,host2:4222.`)
  if (stream !== '' && !STREAM.test(stream))
    throw invalid(`${JSON.stringify(stream)} is not the name of a stream; those are letters, digits, "-" and "_".`)
  return { servers: hosts, isTls: scheme.toLowerCase() === 'tls', stream, partitions: partitionsOf(text, query) }
}

function partitionsOf(url: string, query: string | undefined): Partitions {
  if (query === undefined) return ALL_PARTITIONS
  const [, first = '', last = first] = /^partitions=(\d{1,2})(?:-(\d{1,2}))?$/.exec(query) ?? []
  if (first === '' || Number(first) > Number(last) || Number(last) >= PARTITIONS)
    throw invalid(`${JSON.stringify(url)} names no partitions; that looks like ?partitions=0-31, of 0 to ${PARTITIONS - 1}.`)
  return [Number(first), Number(last)]
}

function isHost(host: string): boolean {
  const [, port] = /^(?:[A-Za-z0-9._-]{1,255}|\[[0-9a-fA-F:.]{2,64}\])(?::(\d{1,5}))?$/.exec(host) ?? [undefined, 'no']
  return port === undefined || (Number(port) > 0 && Number(port) < 65_536)
}

/** Read afresh each time that the server asks; a file that cannot be read then gives credentials that no server takes, and the next connect reads again. */
function authenticatorOf(path: string): Authenticator {
  return (nonce) => {
    const bytes = readCredentials(path)
    const text = bytes.toString('latin1').trim()
    if (text.includes('BEGIN NATS USER JWT')) return credsAuthenticator(bytes)(nonce)
    if (/^SU[A-Z2-7]{56}$/.test(text)) return nkeyAuthenticator(Buffer.from(text))(nonce)
    return tokenAuthenticator(text)(nonce)
  }
}

/** @throws MprtapError MPRTAP_INVALID_ARGUMENT when a file cannot be read. */
export function connectionOptions(address: EngineAddress, files: Credentials, name: string): ConnectionOptions {
  for (const path of [files.credentials, files.ca, files.cert, files.key]) if (path !== undefined) readCredentials(path)
  if ((files.cert === undefined) !== (files.key === undefined))
    throw invalid('A client certificate needs its key, and a key its certificate: --cert FILE --key FILE.')
  const tls = {
    ...(files.ca === undefined ? {} : { caFile: files.ca }),
    ...(files.cert === undefined ? {} : { certFile: files.cert }),
    ...(files.key === undefined ? {} : { keyFile: files.key }),
  }
  return {
    servers: [...address.servers],
    name,
    timeout: CONNECT_MS,
    pingInterval: PING_MS,
    maxPingOut: PINGS_OUT,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    reconnectJitter: RECONNECT_JITTER_MS,
    reconnectJitterTLS: RECONNECT_JITTER_MS,
    // Credentials that were revoked may be given back, or the file replaced.
    ignoreAuthErrorAbort: true,
    ...(address.isTls || Object.keys(tls).length > 0 ? { tls } : {}),
    ...(files.credentials === undefined ? {} : { authenticator: authenticatorOf(files.credentials) }),
  }
}

/** @throws Error of the library when there is no connection; {@link describeFault} says it to people. */
export function openEngine(options: ConnectionOptions): Promise<NatsConnection> {
  return connect(options)
}

/**
 * Leaves a server that takes all requests and answers none, for another one of the list. Its pings are answered, so the library stays with it. nats-server
 * 2.9.10 comes to this when it reads its settings anew: it may not tell the other servers of a cluster where the answers for a client go. A new connection does.
 */
export class SilentServer {
  readonly #clock: Clock
  #since: number | undefined
  #limitMs = SILENT_MS

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A request was answered. */
  answered(): void {
    this.#since = undefined
    this.#limitMs = SILENT_MS
  }

  /** A request has failed; when it is one more without an answer, and there has been none for long, the connection is made anew. */
  failed(error: unknown, connection: NatsConnection | undefined): void {
    if ((error as Error).name !== 'TimeoutError') return
    const now = this.#clock.now()
    this.#since ??= now
    if (now - this.#since < this.#limitMs || connection === undefined || connection.isClosed()) return
    this.#since = undefined
    this.#limitMs = Math.min(2 * this.#limitMs, SILENT_LONGEST_MS)
    connection.reconnect().catch(() => {})
  }
}

/** A fault as people read it: the end of a sentence that begins with the engine's name. */
export function describeFault(error: unknown): string {
  const { name = '', message = '', code, cause } = (error ?? {}) as Error & { code?: string | number; cause?: unknown }
  const inner = cause instanceof Error && cause.message !== message ? ` (${cause.message})` : ''
  if (name === 'AuthorizationError' || /authorization violation/i.test(message)) return 'does not take these credentials'
  if (name === 'UserAuthenticationExpiredError' || /authentication expired/i.test(message))
    return 'says that these credentials have expired'
  if (name === 'PermissionViolationError') return `does not permit this (${message})`
  if (/certificate has expired|CERT_HAS_EXPIRED/i.test(`${message} ${code}`)) return 'has a certificate that has expired'
  if (/self.signed|unable to verify|unable to get (?:local )?issuer/i.test(message))
    return `has a certificate of an unknown authority (${message}). Name the file with that authority's certificate: --ca FILE`
  if (name === 'JetStreamNotEnabled' || name === 'NoRespondersError')
    return 'has no stream that takes this, or no leader for it at present, or no JetStream'
  if (name === 'TimeoutError') return 'does not answer'
  if (name === 'ConnectionError' || code === 'ECONNREFUSED') return `cannot be reached${inner || ` (${message})`}`
  if (/insufficient storage/i.test(message))
    return 'has no room for a stream of that size; ask for less (--max-size), or give its servers more (max_file)'
  return `says: ${message}${inner}`
}

function invalid(message: string, cause?: unknown): MprtapError {
  return new MprtapError('MPRTAP_INVALID_ARGUMENT', message, { cause })
}
