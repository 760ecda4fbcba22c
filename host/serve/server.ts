// The live page's server: loopback only, a token always, a handful of routes.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MprtapError } from '../model/errors.ts'
import { explainStatus } from '../model/explanations.ts'
import { statusName } from '../model/status.ts'
import type { PrometheusMetrics } from '../sinks/prometheus.ts'
import { Access, SAFETY_HEADERS } from './access.ts'
import { Client } from './client.ts'
import { type Hub, HubFull } from './hub.ts'

/** A request's head must be here within this time, ms. */
const HEAD_TIME_MS = 10_000
/** How often connections are looked at whose head does not come, ms. Node's own is half a minute. */
const CHECK_CONNECTIONS_MS = 1_000
const CONNECTIONS_MAX = 2_000
const FILTER_LENGTH_MAX = 4_096
const EVENT_ID = /^[0-9a-f]{16}-\d{1,20}$/

/** The page's files, by path. */
export type PageFiles = Readonly<Record<string, { readonly type: string; readonly body: string }>>

export interface ServeOptions {
  readonly hub: Hub
  readonly metrics: PrometheusMetrics
  readonly files: PageFiles
  readonly token: string
  /** 0: any free one. */
  readonly port: number
  /** Checks a filter. @throws FilterSyntaxError */
  readonly checkFilter: (text: string) => void
}

/** A server that listens. */
export interface LivePage {
  readonly port: number
  /** The address with the token, to be opened once; the browser then has a cookie, and the address no token. */
  readonly url: string
  close(): Promise<void>
}

/**
 * Starts the server on 127.0.0.1.
 * @throws Node's system errors, for example EADDRINUSE when somebody else has the port
 */
export async function serveLivePage(options: ServeOptions): Promise<LivePage> {
  let access: Access | undefined
  const server = createServer({ connectionsCheckingInterval: CHECK_CONNECTIONS_MS }, (request, response) => {
    if (access) answer(request, response, access, options).catch(() => response.destroy())
    else response.destroy()
  })
  server.headersTimeout = HEAD_TIME_MS
  server.requestTimeout = HEAD_TIME_MS
  server.maxConnections = CONNECTIONS_MAX
  await listen(server, options.port)
  const { port } = server.address() as AddressInfo
  access = new Access(options.token, port)
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { port, url: `http://127.0.0.1:${port}/?token=${options.token}`, close }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function end(response: ServerResponse, status: number, type: string, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...SAFETY_HEADERS, 'Content-Type': type, ...headers })
  response.end(body)
}

const refuse = (response: ServerResponse, status: number, why: string) => end(response, status, 'text/plain; charset=utf-8', `${why}\n`)
const json = (response: ServerResponse, status: number, value: unknown) => end(response, status, 'application/json', JSON.stringify(value))

async function answer(request: IncomingMessage, response: ServerResponse, access: Access, options: ServeOptions): Promise<void> {
  const foreign = access.foreign(request)
  if (foreign) return refuse(response, 403, foreign)
  if (request.method !== 'GET') return refuse(response, 405, 'Only GET is answered.')
  // A target that is not a path ("http://…", "*") or that would be read as another host's ("//…") is not for us.
  const target = request.url ?? '/'
  if (!/^\/(?![\\/])/.test(target) || !URL.canParse(target, 'http://localhost')) return refuse(response, 404, 'There is no such page.')
  const url = new URL(target, 'http://localhost')
  // Says that the server runs, and nothing else: watchers need no token.
  if (url.pathname === '/healthz') return end(response, 200, 'text/plain; charset=utf-8', 'ok\n')
  const token = url.searchParams.get('token')
  if (url.pathname === '/' && token !== null) {
    if (!access.isToken(token))
      return refuse(response, 401, 'The token is wrong. Start "mprtap serve" again to get a new address, or read the token file.')
    // The address without the token is what stays in the browser's history.
    return end(response, 303, 'text/plain; charset=utf-8', '', { Location: '/', 'Set-Cookie': access.cookie(token) })
  }
  if (!access.isAllowed(request))
    return refuse(
      response,
      401,
      'The token is missing. Open the address that "mprtap serve" printed, or send "Authorization: Bearer TOKEN".',
    )
  switch (url.pathname) {
    case '/metrics': {
      const { type, body } = await options.metrics.text(request.headers.accept)
      return end(response, 200, type, body)
    }
    case '/events':
      return stream(request, response, url, options)
    case '/filter':
      return json(response, 200, judged(url.searchParams.get('text') ?? '', options))
    case '/explain':
      return json(response, 200, explained(Number(url.searchParams.get('status'))))
    default: {
      const file = options.files[url.pathname]
      return file ? end(response, 200, file.type, file.body) : refuse(response, 404, 'There is no such page.')
    }
  }
}

/** What is wrong with a filter, and where. */
function judged(text: string, { checkFilter }: ServeOptions): object {
  if (text.length > FILTER_LENGTH_MAX) return { error: `A filter has at most ${FILTER_LENGTH_MAX} characters.` }
  try {
    if (text.trim() !== '') checkFilter(text)
    return {}
  } catch (error) {
    if (!(error instanceof MprtapError)) throw error
    return { error: error.message, column: (error as { column?: number }).column }
  }
}

function explained(status: number): object {
  const { meaning, causes, checks } = explainStatus(status) ?? {}
  return { status, name: statusName(status), meaning, causes, checks }
}

async function stream(request: IncomingMessage, response: ServerResponse, url: URL, { hub }: ServeOptions): Promise<void> {
  const text = (url.searchParams.get('filter') ?? '').trim()
  const { 'last-event-id': header } = request.headers
  const lastId = typeof header === 'string' && EVENT_ID.test(header) ? header : undefined
  if (text.length > FILTER_LENGTH_MAX) return refuse(response, 400, `A filter has at most ${FILTER_LENGTH_MAX} characters.`)
  const client = new Client(response)
  const begin = () =>
    response.writeHead(200, { ...SAFETY_HEADERS, 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' }).flushHeaders()
  let hasGone = false
  let leave: (() => void) | undefined
  response.on('close', () => {
    hasGone = true
    leave?.()
  })
  try {
    // Rows may be written as soon as the browser is let in.
    begin()
    leave = await hub.join(client, text === '' ? undefined : text, lastId)
    if (hasGone) leave()
  } catch (error) {
    if (!(error instanceof HubFull) && !(error instanceof MprtapError)) throw error
    client.tell('refused', { error: error.message })
    response.end()
  }
}
