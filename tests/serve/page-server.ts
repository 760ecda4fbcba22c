// The live page's server over fake taps, and requests to it.
import { request } from 'node:http'
import { livePage } from '../../build/live-page.mjs'
import { parseFilter } from '../../host/index.ts'
import { Hub } from '../../host/serve/hub.ts'
import { serveLivePage } from '../../host/serve/server.ts'
import { PrometheusMetrics } from '../../host/sinks/prometheus.ts'
import { FakeTap } from './fake-tap.ts'

export const TOKEN = 'a-token-that-nobody-guesses'

export async function startPage() {
  const tap = new FakeTap()
  const filtered = new Map<string, FakeTap>()
  const clock = { now: 0 }
  const open = async (filter: string | undefined) => {
    parseFilter(filter!)
    const made = new FakeTap()
    filtered.set(filter!, made)
    return made
  }
  const metrics = new PrometheusMetrics({ version: '0.0.0', figures: () => tap.stats() })
  const hub = new Hub(tap, open, metrics, () => clock.now)
  const page = await serveLivePage({ hub, metrics, files: livePage, token: TOKEN, port: 0, checkFilter: parseFilter })
  const running = hub.run()
  const stop = async () => {
    await hub.close()
    await page.close()
    await running
  }
  return { tap, filtered, clock, hub, page, stop }
}

export interface Answer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly body: string
}

/** One request with exactly these headers. */
export function get(port: number, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

export const BEARER = { Authorization: `Bearer ${TOKEN}` }

/** A stream of server-sent events, as text; `until` resolves when what has come matches. */
export function openStream(port: number, path = '/events', headers: Record<string, string> = BEARER) {
  let text = ''
  let check = () => {}
  const asked = request({ host: '127.0.0.1', port, path, headers }, (response) => {
    response.setEncoding('utf8')
    response.on('data', (chunk) => {
      text += chunk
      check()
    })
    response.on('error', () => {})
  })
  asked.on('error', () => {})
  asked.end()
  return {
    get text() {
      return text
    },
    until: (pattern: { test(text: string): boolean }) =>
      new Promise<string>((resolve) => {
        check = () => {
          if (pattern.test(text)) resolve(text)
        }
        check()
      }),
    close: () => asked.destroy(),
  }
}
