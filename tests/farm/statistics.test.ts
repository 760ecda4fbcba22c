// Statistics that hosts publish: added, they are what a report over all of the stream's records says, number for number.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { subjectOf } from '../../host/streams/subject.ts'
import { writeRings } from '../../host/testing/index.ts'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { post, pre } from '../host/records.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { appendOperations, Farm, mprtap, start, until } from './farm.ts'

const farm = new Farm()
const rings = new RingsOnDisk()
const EVERY_MS = 200

const source = () => `${farm.url}/MPRTAP`
const host = (name: string) => ({ host: name, consumer: `of-${name.toLowerCase()}`, statisticsEveryMs: EVERY_MS })

interface Report {
  readonly code: number | null
  readonly groups: Record<string, unknown>
  readonly summary: Record<string, unknown>
  readonly stderr: string
}

async function report(...args: string[]): Promise<Report> {
  const { code, stdout, stderr } = await mprtap('report', '--json', '--top', '100000', ...args)
  const lines = stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line)) // biome-ignore format: one line
  const groups = lines
    .filter(({ type }) => type === 'group')
    .map(({ key, level, time, msg, type, by, ...counts }) => [String(key).toUpperCase(), counts])
  return { code, stderr, groups: Object.fromEntries(groups), summary: lines.at(-1) ?? {} }
}

/** The means are sums of doubles in another order; all else is exact. */
function told({ groups }: Report) {
  return Object.fromEntries(
    Object.entries(groups as Record<string, { durationMs?: { mean: number } }>).map(([key, { durationMs, ...counts }]) => [
      key,
      { ...counts, durationMs: durationMs && { ...durationMs, mean: durationMs.mean.toPrecision(12) } },
    ]),
  )
}

/** @returns what was added. */
async function expectEqual(by: 'server' | 'error' = 'server'): Promise<Report> {
  const all = await report('--by', by, source())
  const added = await report('--farm', '--by', by, source())
  expect(told(added)).toEqual(told(all))
  for (const name of ['operations', 'succeeded', 'failed', 'cancelled', 'unfinished', 'groups'])
    expect(added.summary[name]).toBe(all.summary[name])
  return added
}

/** Forwards until the stream has heard of so many records, of all hosts. */
async function forwarded(folder: string, name: string, records: number): Promise<void> {
  const forwarder = await farm.forward(folder, host(name))
  await until(async () => {
    const { stats } = await farm.read()
    return stats.delivered + stats.lost >= records
  })
  await forwarder.stop()
}

describe('report --farm', () => {
  it('says of several hosts what a report over all of their records says, and reads none of them', async () => {
    let total = 0
    for (const [i, name] of ['RDS01', 'RDS02', 'RDS03'].entries()) {
      const folder = join(farm.folder, name)
      const { notifications } = writeRings(folder, { seed: 40 + i, operations: 3000, users: 3, slotCountLog2: 13 })
      total += notifications
      await forwarded(folder, name, total)
    }
    await expectEqual('error')
    const { summary, stderr, code } = await expectEqual()
    const schema = JSON.parse(readFileSync(inRoot('docs/schema/farm-summary.json'), 'utf8'))
    expect(new Ajv2020().validate(schema, summary)).toBe(true)
    expect({ code, ...summary }).toMatchObject({ code: 0, hosts: 3, lost: 0, isLowerBound: false, level: 30 })
    expect(summary.operations).toBeGreaterThan(8000)
    expect(stderr).toMatch(/3 hosts, 0 lost\n.*Each number is that of all operations/s)
  })
})

describe('a forwarder', () => {
  it('replaces what it published, and goes on counting where it was after a restart', async () => {
    const ring = rings.create({ slotCountLog2: 12 })
    // One that has begun and not ended, over a restart: until it ends, both reports call it unfinished.
    const begun = ring.append(pre())!
    for (let round = 1; round <= 3; round++) {
      appendOperations(ring, 100)
      if (round === 2) ring.append(post(begun))
      await forwarded(rings.directory, 'RDS01', 200 * round + (round === 1 ? 1 : 2))
      const { summary } = await expectEqual()
      expect(summary).toMatchObject({ hosts: 1, operations: 100 * round + 1, unfinished: round === 1 ? 1 : 0 })
    }
    const bucket = await farm.manager.streams.info('KV_MPRTAP_statistics')
    expect(bucket.state.messages).toBe(1)
  })

  it('counts once what it counted before it was killed, and what came since', async () => {
    const ring = rings.create({ slotCountLog2: 12 })
    appendOperations(ring, 50)
    const args = ['--to', farm.url, '--host', 'RDS01', '--consumer', 'killed', '--checkpoint-folder', farm.folder, '--linger', '20ms']
    const forwarder = () => start('forward', ...args, '--statistics-every', '200ms', rings.directory)
    const counted = async () => ((await report('--farm', source())).summary.operations ?? 0) as number
    const first = forwarder()
    await until(async () => (await counted()) === 50)
    appendOperations(ring, 70)
    await until(async () => (await counted()) === 120)
    // The last ones may be counted and not saved.
    appendOperations(ring, 30)
    first.child.kill('SIGKILL')
    await first.ended
    const second = forwarder()
    await until(async () => (await farm.read()).stats.delivered === 300)
    second.child.kill('SIGTERM')
    await second.ended
    expect((await expectEqual()).summary).toMatchObject({ operations: 150 })
  })

  it('counts the beginnings that waited when it was killed as lost when they are overwritten before it is back', async () => {
    const ring = rings.create({ slotCountLog2: 7 })
    ring.append(pre())
    const args = ['--to', farm.url, '--host', 'RDS01', '--consumer', 'waiting', '--checkpoint-folder', farm.folder, '--linger', '20ms']
    const forwarder = () => start('forward', ...args, '--statistics-every', '200ms', rings.directory)
    const summary = async () => (await report('--farm', source())).summary
    const first = forwarder()
    await until(async () => (await summary()).unfinished === 1)
    first.child.kill('SIGKILL')
    await first.ended
    appendOperations(ring, 200)
    const second = forwarder()
    await until(async () => (((await summary()).operations ?? 0) as number) > 1)
    second.child.kill('SIGTERM')
    await second.ended
    const overwritten = (await farm.read()).lost
    expect(overwritten).toBeGreaterThan(0)
    expect((await summary()).lost).toBe(overwritten + 1)
  })

  it('remembers what it counted as one JSON object without names of users, and no rings that are long gone', async () => {
    appendOperations(rings.create({ slotCountLog2: 12 }), 50)
    await forwarded(rings.directory, 'RDS01', 100)
    const name = readdirSync(farm.folder).find((file) => file.endsWith('.statistics.json'))!
    const path = join(farm.folder, name)
    const kept = JSON.parse(readFileSync(path, 'utf8'))
    expect(kept).toMatchObject({ format: 1, rings: [{ next: 100 }], statistics: { operations: [50, 0, 0, 0] } })
    expect(readFileSync(path, 'utf8')).not.toMatch(/S-1-5/)
    const [ring] = kept.rings
    const gone = Array.from({ length: 5000 }, (_, i) => ({ ...ring, fileId: (i + 1e6).toString(16).padStart(16, '0') }))
    writeFileSync(path, JSON.stringify({ ...kept, rings: [...gone, ring] }))
    await forwarded(rings.directory, 'RDS01', 100)
    const after = JSON.parse(readFileSync(path, 'utf8'))
    expect(after.rings).toHaveLength(4096)
    expect(after.rings.at(-1)).toMatchObject({ fileId: ring.fileId, next: 100 })
    expect(after.statistics.operations).toEqual([50, 0, 0, 0])
  })

  it('says so, and counts anew, when what it counted cannot be understood', async () => {
    appendOperations(rings.create({ slotCountLog2: 12 }), 50)
    await forwarded(rings.directory, 'RDS01', 100)
    const name = readdirSync(farm.folder).find((file) => file.endsWith('.statistics.json'))!
    const path = join(farm.folder, name)
    const kept = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify({ ...kept, statistics: { ...kept.statistics, operations: 'many' } }))
    const forwarder = await farm.forward(rings.directory, host('RDS01'))
    await forwarder.stop()
    expect(forwarder.told.join()).toMatch(/cannot be understood \(its statistics are damaged\); it was set aside/)
    expect((await expectEqual()).summary).toMatchObject({ operations: 50 })
  })

  it('says that its numbers are lower bounds when its rings had lost records', async () => {
    const ring = rings.create({ slotCountLog2: 8 })
    appendOperations(ring, 10)
    await forwarded(rings.directory, 'RDS01', 20)
    appendOperations(ring, 1000)
    await forwarded(rings.directory, 'RDS01', 2020)
    const { summary, stderr } = await expectEqual()
    expect(summary).toMatchObject({ lost: 2000 - 256, isLowerBound: true, level: 40 })
    expect(stderr).toMatch(/These are lower bounds: 1744 records were lost before they were counted/)
  })

  it('goes on without a bucket, and says so once', async () => {
    await farm.manager.streams.delete('KV_MPRTAP_statistics')
    appendOperations(rings.create(), 10)
    const forwarder = await farm.forward(rings.directory, { ...host('RDS01'), statisticsEveryMs: 50 })
    await until(() => forwarder.told.length > 0 && forwarder.opened.counts.sent > 0)
    await forwarder.stop()
    expect(forwarder.told).toEqual([
      'Statistics are not published now: there is no bucket MPRTAP_statistics, which mprtap farm init makes.',
    ])
    expect(await report('--farm', source())).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/has no bucket MPRTAP_statistics; make it: mprtap farm init/),
    })
  })
})

describe('a bucket with values that no host of ours published', () => {
  it('is read but for those, each kind is told, and the numbers are lower bounds', async () => {
    appendOperations(rings.create(), 10)
    await forwarded(rings.directory, 'RDS01', 20)
    const put = (key: string, bytes: Uint8Array) => farm.manager.jetstream().publish(`$KV.MPRTAP_statistics.${key}`, bytes)
    await put('v1.main.1.NOBODY', gzipSync('{}'))
    await put('anything', gzipSync('{}'))
    const partition = (name: string) => subjectOf('main', name).replace('mprtap.', '')
    await put(partition('DC01'), gzipSync(Buffer.alloc(32 << 20)))
    await put(partition('DC02'), Buffer.from('garbage'))
    await put(partition('DC03'), gzipSync('{"format":9}'))
    const { code, summary, stderr } = await report('--farm', source())
    expect({ code, ...summary }).toMatchObject({ code: 1, hosts: 1, operations: 10, isLowerBound: true })
    expect(stderr).toMatch(/have keys that do not name hosts; 2 of them are not read/)
    expect(stderr).toMatch(/are longer than any that a host publishes; 1 /)
    expect(stderr).toMatch(/are damaged; 1 /)
    expect(stderr).toMatch(/of a newer mprtap; use that one; 1 /)
  })
})

describe('the command line', () => {
  it('says what --farm cannot do', async () => {
    for (const [args, text] of [
      [['--farm', '--by', 'user', source()], /publish nothing by user/],
      [['--farm'], /needs the URL of a stream/],
      [['--farm', farm.url], /names no stream/],
      [['--farm', '--since', '-1h', source()], /cannot be used with option/],
    ] as const)
      expect(await mprtap('report', ...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(text) })
  })
})
