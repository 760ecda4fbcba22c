// A wire to each server that can be cut, stalled and slow: a small proxy. What is between client and server goes through it, byte by byte.
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const SLICE_MS = 20

class Link {
  #server
  #pairs = new Set()
  /** Bytes a second in each direction; Infinity: as many as come. */
  #rate = Number.POSITIVE_INFINITY
  /** Directions in which nothing is passed on, while connections stay open. */
  #stalled = { up: false, down: false }
  #isCut = false

  async open(port) {
    this.#server = createServer((client) => this.#join(client, port))
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.url = `nats://127.0.0.1:${this.#server.address().port}`
    return this
  }

  #join(client, port) {
    if (this.#isCut) return client.destroy()
    const server = connect(port, '127.0.0.1')
    const pair = [client, server]
    this.#pairs.add(pair)
    for (const end of pair) {
      end.setNoDelay(true)
      end.on('error', () => {})
      end.on('close', () => {
        this.#pairs.delete(pair)
        for (const each of pair) each.destroy()
      })
    }
    this.#pass(client, server, 'up').catch(() => client.destroy())
    this.#pass(server, client, 'down').catch(() => server.destroy())
  }

  async #pass(from, to, direction) {
    for await (const bytes of from) {
      let at = 0
      while (at < bytes.length && !to.destroyed) {
        while (this.#stalled[direction] && !to.destroyed) await delay(SLICE_MS)
        const part = bytes.subarray(at, at + Math.max(1, Math.floor((this.#rate * SLICE_MS) / 1000)))
        at += part.length
        if (!to.write(part))
          await Promise.race([new Promise((resolve) => to.once('drain', resolve)), new Promise((resolve) => to.once('close', resolve))])
        if (this.#rate !== Number.POSITIVE_INFINITY) await delay(SLICE_MS)
      }
    }
    to.end()
  }

  /** Every connection ends at once, and nobody gets another until mend(). */
  cut() {
    this.#isCut = true
    for (const pair of this.#pairs) for (const end of pair) end.resetAndDestroy()
  }

  /** Nothing passes in these directions, and nobody is told. */
  stall(...directions) {
    for (const direction of directions) this.#stalled[direction] = true
  }

  throttle(bytesASecond) {
    this.#rate = bytesASecond
  }

  /** As it was. */
  mend() {
    this.#isCut = false
    this.#stalled = { up: false, down: false }
    this.#rate = Number.POSITIVE_INFINITY
  }

  close() {
    this.cut()
    this.#server.close()
  }
}

/** A link to each of these servers. */
export class Links {
  constructor(links) {
    this.all = links
  }

  static async to(nodes) {
    return new Links(await Promise.all(nodes.map(({ port }) => new Link().open(port))))
  }

  /** All of them, with commas between. */
  get url() {
    return this.all.map(({ url }) => url).join(',')
  }

  mend() {
    for (const link of this.all) link.mend()
  }

  close() {
    for (const link of this.all) link.close()
  }
}
