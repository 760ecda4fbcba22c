// What others may publish: nothing of it is believed before it was looked at, and nothing of it keeps the good messages from being read.

import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { PACKET_MAGIC_VALUE, PACKET_MAJOR } from '../../format/capture-layout.ts'
import { parseEngineUrl } from '../../host/streams/engine.ts'
import { RAW_MAX, readMessage } from '../../host/streams/message.ts'
import { hostToken, parseSubject, subjectOf } from '../../host/streams/subject.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { RingCapture } from '../captures/ring-captures.ts'
import { SID } from '../host/records.ts'
import { appendOperations, Farm, HOST } from './farm.ts'

const farm = new Farm()

function ringOf(operations: number, fileId = 7n): RingWriter {
  const ring = RingWriter.create({ sid: SID, slotCountLog2: 10, fileId })
  appendOperations(ring, operations)
  return ring
}

/** A section with records [first, end) of a ring. */
function section(ring: RingWriter, first: number, end: number, host = HOST): Uint8Array {
  const made = new RingCapture()
  made.ring(ring, first, { host }).records(end)
  return made.bytes()
}

/** A section of two rings' worth of records, the second before the first. */
function backwards(ring: RingWriter): Uint8Array {
  return Buffer.concat([section(ring, 10, 20), section(ring, 0, 10)])
}

describe('a stream with messages that nobody of ours wrote', () => {
  it('is read but for those, and each kind is told', async () => {
    const ring = ringOf(50)
    const bomb = gzipSync(Buffer.alloc(64 << 20))
    expect(bomb.length).toBeLessThan(100_000)
    const newer = section(ring, 0, 10)
    const at = Buffer.from(newer).indexOf(Buffer.from(new Uint32Array([PACKET_MAGIC_VALUE]).buffer))
    newer[at + PACKET_MAJOR] = 9
    await farm.publish(section(ring, 0, 50))
    await farm.publish(bomb, { packed: true })
    await farm.publish(section(ring, 0, 10, 'DC01'))
    await farm.publish(newer)
    await farm.publish(backwards(ring))
    await farm.publish(Buffer.from('not compressed'), { packed: true })
    await farm.publish(section(ring, 0, 10), { encoding: 'br' })
    await farm.publish(section(ring, 0, 10).subarray(0, 900))
    await farm.publish(Buffer.alloc(RAW_MAX + 4), { encoding: '' })
    await farm.publish(section(ring, 0, 10), { subject: subjectOf('main', HOST).replace('v1', 'v2') })
    await farm.publish(section(ring, 0, 10), { subject: 'mprtap.something.else' })
    await farm.publish(section(ring, 50, 100))
    // This one is met when all else was read.
    await farm.publish(section(ring, 0, 10), { subject: 'mprtap.another.one' })
    const { stats, told } = await farm.read()
    expect(stats).toMatchObject({ delivered: 100, lost: 0, corrupt: 0, succeeded: 50 })
    // A fault is told when it is met first and after a while, and in the end with the number of all.
    const last = new Map(told.map((text) => [text.replace(/\d+ so far.*/, ''), text]))
    const text = [...last.values()].join('\n')
    expect(text).toMatch(/unpack to more than any sender sends; 2 so far/)
    expect(text).toMatch(/from another host than the one that may send them; 1 so far/)
    expect(text).toMatch(/of a newer mprtap; use that one; 2 so far/)
    expect(text).toMatch(/sequences go backwards; 1 so far/)
    expect(text).toMatch(/cannot be unpacked; 2 so far/)
    expect(text).toMatch(/are damaged; 1 so far/)
    expect(text).toMatch(/subjects that are not mprtap; 2 so far/)
  })

  it('is read once, whatever comes twice, cut in another way or in another order', async () => {
    const ring = ringOf(100)
    await farm.publish(section(ring, 0, 50))
    await farm.publish(section(ring, 100, 200))
    await farm.publish(section(ring, 30, 80))
    await farm.publish(section(ring, 50, 100))
    await farm.publish(section(ring, 0, 200))
    const { stats, ids } = await farm.read()
    expect(stats).toMatchObject({ delivered: 200, lost: 0 })
    expect(new Set(ids).size).toBe(100)
  })

  it('keeps both of two records under one id, and says so', async () => {
    await farm.publish(section(ringOf(20), 0, 40))
    const other = RingWriter.create({ sid: SID, slotCountLog2: 10, fileId: 7n })
    for (let i = 0; i < 40; i++) other.append({ ...ring1(), remoteName: '\\\\other\\share' })
    await farm.publish(section(other, 0, 40))
    const { stats, told } = await farm.read()
    expect(stats).toMatchObject({ delivered: 80, lost: 0 })
    expect(told.join('\n')).toMatch(/under the id of others: a ring was set back or copied/)
  })

  it('tells a hole that nothing fills as a loss', async () => {
    const ring = ringOf(100)
    await farm.publish(section(ring, 0, 50))
    await farm.publish(section(ring, 80, 200))
    expect((await farm.read()).stats).toMatchObject({ delivered: 170, abandoned: 30, lost: 30 })
  })

  it('counts a record that was changed on the way as corrupt', async () => {
    const bytes = section(ringOf(10), 0, 20)
    bytes[Buffer.from(bytes).lastIndexOf('projects')] = 0x58
    await farm.publish(bytes)
    expect((await farm.read()).stats).toMatchObject({ delivered: 19, corrupt: 1 })
  })
})

function ring1() {
  return {
    kind: 'add' as const,
    notifyStatus: 1,
    operationStatus: 0,
    flags: 0,
    wallTime: 134_120_736_000_000_000n,
    ticks: 1_000_000n,
    ticksPerSecond: 10_000_000n,
    context: 0n,
    processStartTime: 134_120_735_000_000_000n,
    logonId: 1n,
    processId: 4711,
    threadId: 4712,
    sessionId: 2,
    resourceType: 1,
    force: false,
    ownerWindow: false,
    pointer32: false,
    impersonated: false,
    remoteName: null,
    localName: null,
    provider: null,
    imageName: null,
  }
}

describe('the URL of an engine', () => {
  it('names servers, a stream and its partitions, and nothing else', () => {
    const partitions = [0, 63]
    expect(parseEngineUrl('nats://a,b:1/S')).toEqual({ servers: ['a', 'b:1'], isTls: false, stream: 'S', partitions })
    expect(parseEngineUrl('tls://a:1,tls://[::1]:2/S_1')).toEqual({ servers: ['a:1', '[::1]:2'], isTls: true, stream: 'S_1', partitions })
    for (const url of ['nats://', 'nats://a:0', 'nats://a:99999', 'nats://a,/S', 'nats://a/S.x', 'nats://a/S/T', 'nats://a b', 'http://a'])
      expect(() => parseEngineUrl(url)).toThrow(/is not/)
    expect(() => parseEngineUrl('nats://u:secret@a/S')).toThrow(/^((?!secret).)*$/)
  })
})

describe('the subject', () => {
  it('gives a host of any name one token, and takes back no other spelling', () => {
    for (const host of ['RDS07', 'a.b.c', 'näme', '* >', '_', 'x'.repeat(255)]) {
      const subject = subjectOf('main', host)
      expect(subject).toMatch(/^mprtap\.v1\.main\.\d{1,2}\.[A-Za-z0-9_-]+$/)
      expect(parseSubject(subject)).toMatchObject({ site: 'main', host })
    }
    expect(hostToken('a.b')).toBe('a_2eb')
    const good = subjectOf('main', 'RDS07')
    for (const subject of [
      good.replace('RDS07', '_52DS07'),
      good.replace('RDS07', '_ff'),
      `${good}.x`,
      good.replace(/\d+/, '99'),
      'mprtap',
      '',
    ])
      expect(parseSubject(subject)).toHaveProperty('refusal')
  })

  it('decides whose records they are', () => {
    const bytes = gzipSync(section(ringOf(5), 0, 10))
    expect(readMessage({ subject: subjectOf('main', HOST), data: bytes, encoding: 'gzip' })).toMatchObject({ host: HOST })
    expect(readMessage({ subject: subjectOf('main', 'RDS08'), data: bytes, encoding: 'gzip' })).toBe('otherHost')
  })
})
