// A connection that nobody closes keeps a process alive: what ends, or cannot begin, lets go of its streams.

import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { appendOperations, Farm, mprtap, start, until } from './farm.ts'

const farm = new Farm()
const rings = new RingsOnDisk()

const record = (source: string, name: string) => ['record', '--to', join(farm.folder, `${name}.pcapng`), source]
const captureOf = (name: string) => readdirSync(farm.folder).find((file) => file.startsWith(`${name}-`))

/** Records until `isEnough`, and is told to end. */
async function recorded(source: string, name: string, isEnough: (stderr: string) => boolean) {
  const recorder = start(...record(source, name))
  await until(() => isEnough(recorder.stderr))
  recorder.child.kill('SIGTERM')
  await recorder.ended
  return { code: recorder.child.exitCode, stdout: recorder.stdout }
}

it('records a stream into a capture', async () => {
  appendOperations(rings.create(), 50)
  const forwarder = await farm.forward(rings.directory)
  await until(async () => (await farm.messages()) >= 1)
  await forwarder.stop()
  const size = () => {
    const name = captureOf('stream')
    return name === undefined ? 0 : statSync(join(farm.folder, name)).size
  }
  expect(await recorded(`${farm.url}/MPRTAP`, 'stream', () => size() > 5000)).toEqual({
    code: 0,
    stdout: '100 records in 1 file, 0 lost\n',
  })
  const ids: string[] = []
  for await (const { id } of await openTap({ sources: [join(farm.folder, captureOf('stream')!)], follow: false })) ids.push(id)
  expect(ids).toEqual((await farm.read()).ids)
  expect(ids).toHaveLength(50)
})

it('ends a recording of a stream that has nothing', async () => {
  const nothing = await recorded(`${farm.url}/MPRTAP`, 'nothing', (stderr) => stderr.includes('Recording to'))
  expect(nothing).toEqual({ code: 0, stdout: '0 records in 1 file, 0 lost\n' })
})

it('ends a recording whose engine is away', async () => {
  const away = await recorded('nats://127.0.0.1:1/MPRTAP', 'away', (stderr) => stderr.includes('cannot be reached'))
  expect(away).toEqual({ code: 0, stdout: '0 records in 1 file, 0 lost\n' })
})

it('ends at once what cannot begin: captures that cannot be written, a folder without rings', async () => {
  mkdirSync(join(farm.folder, 'taken.lock'))
  const recorder = await mprtap(...record(`${farm.url}/MPRTAP`, 'taken'))
  expect(recorder).toMatchObject({ code: 2, stderr: expect.stringMatching(/--to/) })
  const forwarder = await mprtap('forward', '--to', farm.url, '--checkpoint-folder', farm.folder, join(farm.folder, 'nowhere'))
  expect(forwarder).toMatchObject({ code: 1, stderr: expect.stringMatching(/nowhere/) })
})
