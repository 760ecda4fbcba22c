// A server that takes what it is sent, answers pings, and gives a client no answer any more: the other servers were never told where its answers go.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { appendOperations, Farm, until } from './farm.ts'

const rings = new RingsOnDisk()
const farm = new Farm()
const links: SilentLink[] = []
afterEach(() => {
  for (const link of links.splice(0)) link.close()
})

/** What goes through it is as it was, until the connections of now are made silent; later ones are not. */
class SilentLink {
  readonly #server: Server
  readonly #silent = new Set<Socket>()
  readonly #open = new Set<Socket>()

  constructor(port: number) {
    links.push(this)
    this.#server = createServer((client) => {
      const server = connect(port, '127.0.0.1')
      this.#open.add(client)
      client.pipe(server)
      void pass(server, client, () => this.#silent.has(client)).catch(() => {})
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

  silence(): void {
    for (const client of this.#open) this.#silent.add(client)
  }

  get silentOnes(): number {
    return [...this.#silent].filter((client) => this.#open.has(client)).length
  }

  close(): void {
    for (const client of this.#open) client.destroy()
    this.#server.close()
  }
}

/** Lines, and messages with their bytes: MSG and HMSG are left out while it is silent. */
async function pass(from: Socket, to: Socket, isSilent: () => boolean): Promise<void> {
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
      if (!isMessage || !isSilent()) to.write(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
  }
}

it('is left by a forwarder, and nothing is lost', async () => {
  const link = new SilentLink(farm.servers.nodes[0]!.port)
  const ring = rings.create()
  const forwarder = await farm.forward(rings.directory, { to: await link.url() })
  const records = async () => (await farm.read()).stats.delivered
  appendOperations(ring, 10)
  await until(async () => (await records()) === 20)
  link.silence()
  appendOperations(ring, 10)
  await until(async () => (await records()) === 40)
  await until(() => link.silentOnes === 0)
  appendOperations(ring, 10)
  await until(async () => (await records()) === 60)
  expect(await forwarder.stop()).toMatchObject({ records: 60 })
}, 60_000)

it('is left by a reader, which has each operation once', async () => {
  const link = new SilentLink(farm.servers.nodes[0]!.port)
  const ring = rings.create()
  const forwarder = await farm.forward(rings.directory)
  const seen: string[] = []
  const tap = await openTap({ sources: [`${await link.url()}/MPRTAP`], from: 'oldest' })
  const reading = (async () => {
    for await (const { id } of tap) seen.push(id)
  })()
  appendOperations(ring, 10)
  await until(() => seen.length === 10)
  link.silence()
  appendOperations(ring, 10)
  await until(() => seen.length === 20)
  await tap.close()
  await reading
  expect(new Set(seen).size).toBe(20)
  await forwarder.stop()
}, 120_000)
