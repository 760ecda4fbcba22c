// Programs without types may give openTap() anything: each mistake is an MprtapError that names it, and nothing is opened.

import { describe, expect, it } from 'vitest'
import { openTap, pruneRings } from '../../host/index.ts'
import { FakeSource, RingWriter, writeOperation, writeRings } from '../../host/testing/index.ts'
import { post } from './records.ts'
import { openFiles, RingsOnDisk } from './rings-on-disk.ts'

const rings = new RingsOnDisk()
const open = (options: unknown) => openTap(options as object)
const refused = (message: RegExp) =>
  expect.objectContaining({ name: 'MprtapError', code: 'MPRTAP_INVALID_ARGUMENT', message: expect.stringMatching(message) })

const cyclic: Record<string, unknown> = {}
cyclic.sources = cyclic
const { proxy, revoke } = Proxy.revocable({}, {})
revoke()
const throwing = (name: string) => Object.defineProperty({}, name, { enumerable: true, get: () => thrown() })
const fault = new Error('what the getter threw')
function thrown(): never {
  throw fault
}

describe('openTap() refuses', () => {
  it.each<[string, unknown, RegExp]>([
    ['null', null, /are null; they must be an object/],
    ['a bigint', 5n, /are 5n/],
    ['a text', 'C:\\rings', /are "C:\\\\rings"/],
    ['a list', ['C:\\rings'], /are a list/],
    ['an option that is misspelt', { fitler: 'x' }, /has no option "fitler"\. Did you mean "filter"\?/],
    ['an option that is like no other', { zzz: 1 }, /has no option "zzz"\. There are sources, /],
    ['a misspelt option within an option', { from: { consumr: 'a' } }, /has no option "consumr"\. Did you mean "consumer"\?/],
    ['a number as text', { unfinishedAfterMs: '5' }, /"unfinishedAfterMs" is "5"; it must be a positive number/],
    ['a bigint as a number', { unfinishedAfterMs: 5n }, /is 5n/],
    ['no number', { longestRestMs: Number.NaN }, /is NaN/],
    ['a symbol', { level: Symbol('x') }, /is Symbol\(x\)/],
    ['what refers to itself', cyclic, /"sources" is an object/],
    ['a source that is none', { sources: ['a', 7] }, /"sources\[1\]" is 7/],
    ['a source without a name', { sources: [''] }, /"sources\[0\]" is ""/],
    ['a callback that is none', { onLoss: 'log' }, /"onLoss" is "log"; it must be a function/],
    ['a signal that is none', { signal: {} }, /"signal" is an object; it must be an AbortSignal/],
    ['a yes that is none', { follow: 'no' }, /"follow" is "no"; it must be true or false/],
    ['a filter that is none', { filter: 5n }, /./],
    ['statistics of notifications', { statistics: true, level: 'notification' }, /"statistics" and "level" exclude each other/],
    ['a checkpoint without a consumer', { checkpointFolder: '/tmp' }, /"checkpointFolder" and "from" exclude each other/],
    ['what comes now of what lies at rest', { follow: false, from: 'now' }, /"follow" and "from" exclude each other/],
  ])('%s', async (name, options, message) => {
    const before = openFiles()
    const error = await open(options).catch((caught: unknown) => caught)
    if (name === 'a filter that is none') expect(error).toMatchObject({ name: 'MprtapError', code: 'MPRTAP_FILTER_SYNTAX' })
    else expect(error).toEqual(refused(message))
    expect(openFiles()).toEqual(before)
  })

  it.each<[string, unknown]>([
    ['of an option', throwing('sources')],
    ['within an option', { from: throwing('consumer') }],
    ['within a filter', { filter: throwing('type') }],
    ['of a list', { sources: new Proxy([], { get: thrown }) }],
    ['of all that there is', new Proxy({}, { ownKeys: thrown })],
  ])('a getter %s that throws, and says what it threw', async (_, options) => {
    const error = await open(options).catch((caught: unknown) => caught)
    expect(error).toEqual(refused(/what the getter threw/))
    expect((error as Error).cause).toBe(fault)
  })

  it('a proxy that was revoked', async () => {
    await expect(open(proxy)).rejects.toEqual(refused(/could not be read/))
    await expect(open({ sources: proxy })).rejects.toEqual(refused(/could not be read/))
  })
})

it('what else takes options refuses those that it does not have', async () => {
  const tap = await openTap({ sources: [rings.directory] })
  await expect(tap.drain({ fnal: true } as object)).rejects.toEqual(refused(/Did you mean "final"/))
  await expect(tap.drain({ final: 1 } as object)).rejects.toEqual(refused(/"final" is 1/))
  for (const by of [5n, null, {}, 'toString']) expect(() => tap.statistics(by as never)).toThrow(refused(/no statistics by/))
  await tap.close()
  await expect(pruneRings({ foldr: 'x' } as object)).rejects.toEqual(refused(/Did you mean "folder"/))
  await expect(pruneRings({ folder: rings.directory, olderThanMs: 5n as never })).rejects.toEqual(refused(/is 5n/))
  expect(() => new FakeSource({ usr: 'x' } as object)).toThrow(refused(/Did you mean "user"/))
  expect(() => RingWriter.create({ sid: 'S-1-5-18', slotCountLog: 4 } as never)).toThrow(refused(/Did you mean "slotCountLog2"/))
  expect(() => writeRings(rings.directory, { sed: 1 } as never)).toThrow(refused(/Did you mean "seed"/))
  expect(() => writeOperation(rings.directory, { remotName: 'x' } as object)).toThrow(refused(/Did you mean "remoteName"/))
  expect(() => writeOperation(rings.directory, { process: { imge: 'x' } } as object)).toThrow(refused(/Did you mean "image"/))
})

describe('a callback ends its tap, never the process,', () => {
  it.each<[string, () => unknown]>([
    ['that throws', () => thrown()],
    ['whose promise rejects', () => Promise.reject(fault)],
    // biome-ignore lint/suspicious/noThenProperty: that is what is tried
    ['that returns what can be awaited, and rejects', () => ({ then: (_: unknown, reject: (error: unknown) => void) => reject(fault) })],
    // biome-ignore lint/suspicious/noThenProperty: that is what is tried
    ['that returns what throws when it is awaited', () => ({ then: thrown })],
  ])('%s', async (_, onLoss) => {
    const ring = rings.create({ slotCountLog2: 2 })
    const tap = await openTap({ sources: [rings.directory], from: 'oldest', onLoss: onLoss as () => void })
    for (let i = 0; i < 20; i++) ring.append(post(0n))
    const read = async () => {
      for await (const _event of tap);
    }
    await expect(read()).rejects.toBe(fault)
  })
})
