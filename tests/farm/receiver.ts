// biome-ignore-all lint/suspicious/noExplicitAny: bodies of requests are looked into as they come
// An OTLP receiver that answers as it is told, request by request.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export class Receiver {
  /** Bodies that came whole, and the status each got. */
  readonly requests: { readonly headers: IncomingMessage['headers']; readonly body: any }[] = []
  /** Answers for the next requests; then 200. */
  readonly answers: Answer[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<Receiver> {
    const server = createServer()
    const receiver = new Receiver(server)
    server.on('request', (request, response) => void receiver.#take(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get records(): any[] {
    return this.requests.flatMap(({ body }) =>
      body.resourceLogs.flatMap(({ scopeLogs }: any) => scopeLogs.flatMap(({ logRecords }: any) => logRecords)),
    )
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    const body = JSON.parse((request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString())
    const answer = this.answers.shift()
    if (answer) return answer(request, response)
    this.requests.push({ headers: request.headers, body })
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
