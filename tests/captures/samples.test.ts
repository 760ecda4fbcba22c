import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CaptureReader } from '../../host/captures/capture-reader.ts'
import { MemoryInput, openInput } from '../../host/captures/file-input.ts'

const folder = join(import.meta.dirname, 'samples')
const samples = readdirSync(folder).filter((name) => name.endsWith('.pcapng'))

/** Enhanced packets of the sound samples. Simple packets have no interface of ours to belong to, so they are blocks like any other. */
const packets: Readonly<Record<string, number>> = {
  'gp-be-test901': 2,
  'gp-le-test901': 2,
  'gp-le-test902': 1,
  'hk-be-test001': 4,
  'hk-be-test008': 4,
  'hk-be-test010': 0,
  'hk-be-test014': 0,
  'hk-be-test016': 2,
  'hk-be-test102': 4,
  'hk-be-test201': 3,
  'hk-be-test202': 6,
  'hk-le-test001': 4,
  'hk-le-test002': 0,
  'hk-le-test004': 4,
  'hk-le-test005': 4,
  'hk-le-test006': 5,
  'hk-le-test008': 4,
  'hk-le-test009': 2,
  'hk-le-test010': 0,
  'hk-le-test012': 2,
  'hk-le-test014': 0,
  'hk-le-test016': 2,
  'hk-le-test018': 2,
  'hk-le-test102': 4,
  'hk-le-test200': 0,
  'hk-le-test201': 3,
  'hk-le-test202': 6,
  'lp-pcapng-idb-endofopt-badlen': 0,
  'lp-pcapng-idb-tsoffset-badlen': 0,
  'lp-pcapng-idb-tsresol-badlen': 0,
  'lp-pcapng-idb-tsresol-dec-high': 0,
  'lp-pcapng-idb-tsresol-dup': 0,
  'lp-pcapng-tsresol-bin-overflow': 1,
  'rp-err-buffertoosmall': 27,
}

/** Where and why reading the damaged ones ends. */
const faults: Readonly<Record<string, { offset: number; text: string }>> = {
  'lp-pcapng-block-len-not-mult4': { offset: 28, text: 'has a block of 21 bytes, which is not a possible length' },
  'lp-pcapng-block-len-too-small': { offset: 28, text: 'has a block of 4 bytes, which is not a possible length' },
  'lp-pcapng-shb-len-insane': { offset: 0, text: 'is cut short in the middle of a block, 28 bytes into it' },
  'lp-pcapng-truncated-shb': { offset: 0, text: 'is cut short in the middle of a block, 16 bytes into it' },
  'lp-shb-option-too-long': { offset: 0, text: 'has a block with two different lengths' },
}

function read(reader: CaptureReader): CaptureReader {
  while (reader.next() > 0) throw new Error('a packet was taken for one of ours')
  return reader
}

describe("other people's captures", () => {
  it.each(Object.keys(packets))('%s is read to its end, and none of its packets is taken for ours', (name) => {
    const reader = read(new CaptureReader(openInput(join(folder, `${name}.pcapng`))))
    expect(reader.fault).toBeUndefined()
    expect(reader.passedOver).toEqual({ foreign: packets[name], newer: 0, malformed: 0 })
    reader.close()
  })

  it.each(Object.keys(faults))('%s is read up to where it is damaged', (name) => {
    expect(read(new CaptureReader(openInput(join(folder, `${name}.pcapng`)))).fault).toMatchObject(faults[name]!)
  })

  it('a packet for an interface that was never described is counted, and reading goes on', () => {
    const reader = read(new CaptureReader(openInput(join(folder, 'lp-pcapng-packet-before-idb.pcapng'))))
    expect(reader.passedOver).toEqual({ foreign: 0, newer: 0, malformed: 1 })
    expect(reader.fault).toBeUndefined()
  })

  it('all of them are listed here', () => {
    expect(samples.map((name) => name.replace('.pcapng', '')).sort()).toEqual(
      [...Object.keys(packets), ...Object.keys(faults), 'lp-pcapng-packet-before-idb'].sort(),
    )
  })

  it.each(samples)('%s reads the same when it comes one byte at a time', (name) => {
    const bytes = readFileSync(join(folder, name))
    const whole = read(new CaptureReader(new MemoryInput(name, bytes)))
    const piecemeal = read(new CaptureReader(new MemoryInput(name, bytes, 1)))
    expect(piecemeal.fault).toEqual(whole.fault)
    expect(piecemeal.passedOver).toEqual(whole.passedOver)
  })
})
