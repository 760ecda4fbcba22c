// Debian's Prometheus in a folder of its own: started, asked, ended by its process id.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

const DEPLOY = join(import.meta.dirname, '../../deploy')

export interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

interface Answer<Data> {
  readonly status: 'success' | 'error'
  readonly error?: string
  readonly data: Data
}

/** A port that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

export class PrometheusServer {
  readonly #child: ChildProcess
  readonly #url: string
  #said = ''

  private constructor(child: ChildProcess, url: string) {
    this.#child = child
    this.#url = url
    child.stderr!.setEncoding('utf8').on('data', (text) => (this.#said += text))
  }

  /** Starts one with the package's own scrape.yml and rules, for a target, every second. It may still be starting: `query` waits. */
  static async start(folder: string, target: string, tokenFile: string): Promise<PrometheusServer> {
    cpSync(join(DEPLOY, 'prometheus'), folder, { recursive: true })
    const config = readFileSync(join(folder, 'scrape.yml'), 'utf8')
      .replace('scrape_interval: 15s', 'scrape_interval: 1s\n  evaluation_interval: 1s')
      .replaceAll('mprtap.token', tokenFile)
      .replaceAll('127.0.0.1:9464', target)
    writeFileSync(join(folder, 'prometheus.yml'), config)
    const port = await freePort()
    const options = [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]
    return new PrometheusServer(spawn('prometheus', options, { stdio: ['ignore', 'ignore', 'pipe'] }), `http://127.0.0.1:${port}`)
  }

  async #get<Data>(path: string): Promise<Data> {
    const response = await fetch(this.#url + path)
    const answer = (await response.json()) as Answer<Data>
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`)
    return answer.data
  }

  /** What an expression gives at this moment. */
  async query(expression: string): Promise<readonly Sample[]> {
    return (await this.#get<{ result: readonly Sample[] }>(`/api/v1/query?query=${encodeURIComponent(expression)}`)).result
  }

  /** Resolves when an expression gives something. */
  async until(expression: string): Promise<readonly Sample[]> {
    for (;;) {
      if (this.#child.exitCode !== null) throw new Error(`Prometheus has ended: ${this.#said}`)
      const result = await this.query(expression).catch(() => [])
      if (result.length > 0) return result
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  async rules(): Promise<readonly { readonly name: string; readonly health: string; readonly lastError?: string }[]> {
    return (await this.#get<{ groups: readonly { rules: readonly { name: string; health: string }[] }[] }>('/api/v1/rules')).groups.flatMap(
      ({ rules }) => rules,
    )
  }

  async targets(): Promise<readonly { readonly health: string; readonly lastError: string }[]> {
    return (await this.#get<{ activeTargets: readonly { health: string; lastError: string }[] }>('/api/v1/targets')).activeTargets
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    this.#child.kill('SIGTERM')
    await once(this.#child, 'exit')
  }
}
