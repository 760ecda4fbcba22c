// A server that takes what it is sent, answers pings, and gives a client no answer any more: the other servers were never told where its answers go.

import { afterEach, expect, it } from 'vitest'
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

it('is asked anew by a reader when it lives, and gives less than the stream’s leader has', async () => {
  const link = linkToServer()
  const ring = rings.create()
  const forwarder = await farm.forward(rings.directory)
  appendOperations(ring, 1)
  let operations = 0
  const tap = await openTap({ sources: [`${await link.url()}/MPRTAP`], from: 'oldest' })
  const reading = (async () => {
    for await (const _ of tap) operations++
  })()
  await until(() => operations === 1)
  // What one consumer of the stream is to be given does not come; its signs of life do, and so do all answers.
  let silent: string | undefined
  link.silence((words) => {
    const [, , , reply = ''] = words
    if (!reply.startsWith('$JS.ACK.')) return false
    const consumer = reply.split('.')[3]
    silent ??= consumer
    return consumer === silent
  })
  appendOperations(ring, 1)
  await until(() => operations === 2)
  expect(silent).toBeDefined()
  await tap.close()
  await reading
  await forwarder.stop()
})
