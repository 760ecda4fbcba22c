// --redact and a farm: no name gets into the stream, into what hosts publish, or into what the verbs say of it.

import { expect, it } from 'vitest'
import { unpackSection } from '../../host/streams/message.ts'
import { ToolFolder } from '../captures/debian-tools.ts'
import { expectNoSeed, fill, seedsIn } from '../captures/seeds.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { Farm, mprtap, start, until } from './farm.ts'

const farm = new Farm()
const rings = new RingsOnDisk()
const folder = new ToolFolder()

/** Everything that the engine keeps of a stream: subjects, headers, messages as they are and unpacked. */
async function storedIn(stream: string): Promise<string> {
  const { state } = await farm.manager.streams.info(stream)
  const texts: string[] = []
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await farm.manager.streams.getMessage(stream, { seq })
    if (!message) continue
    const { subject, header, data } = message
    const section = unpackSection(data, header?.get('Content-Encoding') ?? 'gzip')
    const bytes = section instanceof Uint8Array ? section : data
    texts.push(subject, [...(header ?? [])].flat(2).join(' '), Buffer.from(data).toString('latin1'), Buffer.from(bytes).toString('latin1'))
  }
  return texts.join('\n')
}

/** Forwards the rings with these options until their statistics are published, and gives what it said. */
async function forwarded(...options: string[]): Promise<string> {
  const args = ['--to', farm.url, '--linger', '20ms', '--statistics-every', '200ms', '--checkpoint-folder', farm.folder, ...options]
  const forwarder = start('forward', ...args, rings.directory)
  const isPublished = async () => (await farm.manager.streams.info('KV_MPRTAP_statistics').catch(() => undefined))?.state.messages
  await until(async () => (await farm.messages()) >= 1 && ((await isPublished()) ?? 0) >= 1)
  forwarder.child.kill('SIGTERM')
  await forwarder.ended
  return forwarder.stdout + forwarder.stderr
}

it('is kept in what is forwarded', async () => {
  fill(rings.create({ slotCountLog2: 8 }))
  const key = folder.write('key', `mprtap-redaction-key-1 ${'ab'.repeat(32)}\n`)
  expectNoSeed('what forward says', await forwarded('--redact', key))
  const stored = `${await storedIn('MPRTAP')}\n${await storedIn('KV_MPRTAP_statistics')}`
  expect(stored).toMatch(/host-[a-z2-7]{13}/)
  expectNoSeed('the stream', stored)
})

it('is kept in what is said of hosts that forward names', async () => {
  fill(rings.create({ slotCountLog2: 8 }))
  await forwarded('--host', 'berger-files01', '--site', 'quarterly')
  const source = `${farm.url}/MPRTAP`
  const key = folder.write('key', `mprtap-redaction-key-1 ${'ab'.repeat(32)}\n`)
  expect(seedsIn(await storedIn('MPRTAP'))).not.toEqual([])
  for (const args of [
    ['farm', 'status', source],
    ['farm', 'status', '--json', source],
    ['report', '--farm', '--by', 'server', '--json', source],
    ['report', '--by', 'share', source],
  ]) {
    const { stdout, stderr } = await mprtap(...args, '--redact', key)
    expect(stderr).toContain('Names are redacted with key')
    expectNoSeed(args.join(' '), stdout + stderr)
  }
})
