// A wire to a server that leaves out some of what the server sends, while everything else passes.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A message of the server: the words of its first line, MSG or HMSG, subject, … */
export type LeftOut = (words: readonly string[]) => boolean

/** What goes through it is as it was, until messages to the connections of now are left out; later connections are not touched. */
export class SilentLink {
  readonly #server: Server
  readonly #silent = new Map<Socket, LeftOut>()
  readonly #open = new Set<Socket>()

  constructor(port: number) {
    this.#server = createServer((client) => {
      const server = connect(port, '127.0.0.1')
      this.#open.add(client)
      client.pipe(server)
      void pass(server, client, (words) => this.#silent.get(client)?.(words) === true).catch(() => {})
      for (const end of [client, server])
        end
          .on('error', () => {})
          .on('close', () => {
            this.#open.delete(client)
            client.destroy()
            server.destroy()
          })
    })
  }

  async url(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `nats://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  silence(isLeftOut: LeftOut = () => true): void {
    for (const client of this.#open) this.#silent.set(client, isLeftOut)
  }

  get silentOnes(): number {
    return [...this.#silent.keys()].filter((client) => this.#open.has(client)).length
  }

  close(): void {
    for (const client of this.#open) client.destroy()
    this.#server.close()
  }
}

/** Lines, and messages with their bytes. */
async function pass(from: Socket, to: Socket, isLeftOut: LeftOut): Promise<void> {
  let rest = Buffer.alloc(0)
  for await (const part of from) {
    rest = Buffer.concat([rest, part as Buffer])
    for (;;) {
      const line = rest.indexOf('\r\n')
      if (line < 0) break
      const words = rest.subarray(0, line).toString('latin1').split(' ')
      const isMessage = words[0] === 'MSG' || words[0] === 'HMSG'
      const end = line + 2 + (isMessage ? Number(words.at(-1)) + 2 : 0)
      if (rest.length < end) break
      if (!isMessage || !isLeftOut(words)) to.write(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
  }
}
