// What docs/farm.md tells people to type is run: each line of its shell samples, with this test's server, folder and rings in the place of theirs.

import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { expect, it } from 'vitest'
import { partitionOf } from '../../host/streams/subject.ts'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { appendOperations, Farm, mprtap, start, until } from './farm.ts'

const OPERATIONS = 100
/** The stream of the page may take 10 GB. */
const farm = new Farm({ maxFile: 20 * 2 ** 30 })
const rings = new RingsOnDisk()

const page = readFileSync(inRoot('docs/farm.md'), 'utf8')
const [quick, shared] = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) =>
  block!
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ {2,}#.*$/, '')),
)

/** A line as the arguments of mprtap, here. */
function args(line: string): string[] {
  const [program, ...rest] = line.split(' ').map((word) => word.replaceAll("'", ''))
  expect(program).toBe('mprtap')
  return rest.map((word) => word.replace('nats://nats01:4222', farm.url).replace('/var/lib/mprtap', farm.folder))
}

/** A host's name that is in the other half of the farm than this machine. */
const isLower = (host: string) => partitionOf(host) < 32
const otherHost = Array.from({ length: 64 }, (_, i) => `host${i}`).find((host) => isLower(host) !== isLower(hostname()))!

it('has an engine, a stream, forwarders, and what looks at it; then two readers that share the work', () => {
  expect(quick).toHaveLength(5)
  // The server of this test is that program with that option.
  expect(quick![0]).toBe('nats-server -js &')
  expect(shared).toHaveLength(2)
})

it('works line by line', async () => {
  const [, init, forward, status, report] = quick!
  await farm.manager.streams.delete('MPRTAP')
  expect(await mprtap(...args(init!))).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('MPRTAP was made') })

  appendOperations(rings.create(), OPERATIONS)
  for (const more of [[], ['--host', otherHost]]) {
    const before = await farm.messages()
    const forwarder = start(...args(forward!), '--checkpoint-folder', `${farm.folder}/${more.length}`, ...more, rings.directory)
    await until(async () => (await farm.messages()) > before)
    forwarder.child.kill('SIGINT')
    await forwarder.ended
    expect({ code: forwarder.child.exitCode, stderr: forwarder.stderr }).toEqual({ code: 0, stderr: '' })
  }

  const said = await mprtap(...args(status!))
  expect(said).toMatchObject({ code: 0, stderr: expect.stringContaining('2 hosts, none is silent; 0 records lost') })
  const told = await mprtap(...args(report!))
  expect(told).toMatchObject({ code: 0, stdout: expect.stringMatching(/./) })

  // Each reader has the host of its half, and nothing of the other.
  const hosts = []
  for (const line of shared!) {
    const { code, stdout, stderr } = await mprtap(...args(line), '--count', String(OPERATIONS))
    expect(code, stderr).toBe(0)
    const operations = stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text))
      .filter(({ type }) => type === 'operation')
    expect(operations).toHaveLength(OPERATIONS)
    hosts.push(...new Set(operations.map(({ host }) => host)))
  }
  expect(hosts.map(isLower)).toEqual([true, false])
})
