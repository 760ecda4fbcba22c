// A server that takes what it is sent, answers pings, and gives a client no answer any more: the other servers were never told where its answers go.

import { afterEach, describe, expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { appendOperations, Farm, until } from './farm.ts'
import { SilentLink } from './silent-link.ts'

const rings = new RingsOnDisk()
const farm = new Farm()
const links: SilentLink[] = []
afterEach(() => {
  for (const link of links.splice(0)) link.close()
})

function linkToServer(): SilentLink {
  const link = new SilentLink(farm.servers.nodes[0]!.port)
  links.push(link)
  return link
}

it('is left by a forwarder, and nothing is lost', async () => {
  const link = linkToServer()
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
  const link = linkToServer()
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

describe('that lives, and has lost touch with the stream’s leader, is left by a reader', () => {
  /** A reader through the link, and a function that resolves when it has got so many operations. */
  async function readThrough(link: SilentLink) {
    const seen: string[] = []
    const tap = await openTap({ sources: [`${await link.url()}/MPRTAP`], from: 'oldest' })
    const reading = (async () => {
      for await (const { id } of tap) seen.push(id)
    })()
    const end = async () => {
      await tap.close()
      await reading
      return seen
    }
    return { end, has: (operations: number) => until(() => seen.length >= operations) }
  }

  /** What one consumer of the stream is given: the words of its line, with stream's and consumer's sequence in the last but one. */
  const given = (change: (words: readonly string[], reply: string[]) => readonly string[] | undefined) => {
    let consumer: string | undefined
    return (words: readonly string[]) => {
      const reply = words[3]?.split('.') ?? []
      if (reply[1] !== 'ACK') return words
      consumer ??= reply[3]
      return reply[3] === consumer ? change(words, reply) : words
    }
  }

  it('when nothing new comes', async () => {
    const link = linkToServer()
    const ring = rings.create()
    const forwarder = await farm.forward(rings.directory)
    appendOperations(ring, 1)
    const reader = await readThrough(link)
    await reader.has(1)
    link.silence(given(() => undefined))
    appendOperations(ring, 1)
    await reader.has(2)
    expect(await reader.end()).toHaveLength(2)
    await forwarder.stop()
  })

  it('when it has less than the leader, and other messages at the same sequences', async () => {
    const link = linkToServer()
    const ring = rings.create()
    const forwarder = await farm.forward(rings.directory)
    appendOperations(ring, 1)
    const reader = await readThrough(link)
    await reader.has(1)
    let left = 0
    link.silence(
      given((words, reply) => {
        if (left++ === 0) return undefined
        const earlier = [...reply.slice(0, 5), Number(reply[5]) - 1, Number(reply[6]) - 1, ...reply.slice(7)].join('.')
        return [...words.slice(0, 3), earlier, ...words.slice(4)]
      }),
    )
    for (const sent of [2, 3]) {
      appendOperations(ring, 1)
      await until(() => forwarder.opened.counts.sent === sent)
    }
    await reader.has(3)
    expect(new Set(await reader.end()).size).toBe(3)
    await forwarder.stop()
  })
})
