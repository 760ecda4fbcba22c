// A wire to a server that leaves out or changes some of what the server sends, while everything else passes.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What becomes of a message of the server: of the words of its first line, which are MSG or HMSG, subject, … `undefined`: it is left out. */
export type Change = (words: readonly string[]) => readonly string[] | undefined

/** What goes through it is as it was, until messages to the connections of now are left out or changed; later connections are not touched. */
export class SilentLink {
  readonly #server: Server
  readonly #silent = new Map<Socket, Change>()
  readonly #open = new Set<Socket>()

  constructor(port: number) {
    this.#server = createServer((client) => {
      const server = connect(port, '127.0.0.1')
      this.#open.add(client)
      client.pipe(server)
      void pass(server, client, (words) => (this.#silent.get(client) ?? same)(words)).catch(() => {})
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

  silence(change: Change = () => undefined): void {
    for (const client of this.#open) this.#silent.set(client, change)
  }

  get silentOnes(): number {
    return [...this.#silent.keys()].filter((client) => this.#open.has(client)).length
  }

  close(): void {
    for (const client of this.#open) client.destroy()
    this.#server.close()
  }
}

const same: Change = (words) => words

/** Lines, and messages with their bytes. */
async function pass(from: Socket, to: Socket, change: Change): Promise<void> {
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
      const changed = isMessage ? change(words) : words
      if (changed) to.write(Buffer.concat([Buffer.from(changed.join(' '), 'latin1'), rest.subarray(line, end)]))
      rest = rest.subarray(end)
    }
  }
}
