// One user's records taken out of a capture that others share.

import { readdirSync, statSync, utimesSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { forgetUser } from '../../host/captures/forget-user.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { OTHER_SID, post, pre, SID } from '../host/records.ts'
import { bigEndian } from './big-endian.ts'
import { run, ToolFolder } from './debian-tools.ts'
import { contentOf, NOW, RingCapture } from './ring-captures.ts'

const folder = new ToolFolder()
const THIRD_SID = 'S-1-5-21-1-2-3-1131'
const NAMES = { [SID]: 'CORP\\m.berger', [OTHER_SID]: 'CORP\\a.weiss', [THIRD_SID]: 'CORP\\j.klein' }

function ringOf(user: string, fileId: bigint, records = 20): RingWriter {
  const ring = RingWriter.create({ sid: user, slotCountLog2: 6, fileId })
  for (let i = 0; i < records; i += 2) ring.append(post(ring.append(pre())!))
  return ring
}

/** A capture of these users' rings, a few records of each in turn, with losses and names. */
function captureOf(users: readonly string[] = [OTHER_SID, SID, THIRD_SID]): Uint8Array {
  const made = new RingCapture({ comments: ['mprtap record', `rings=${users.length}`] })
  const rings = users.map((user, i) => made.ring(ringOf(user, BigInt(i + 1)), 0, { user }))
  made.writer.accounts()
  for (const [i, { captured }] of rings.entries())
    made.writer.name(captured, { sid: users[i]!, name: NAMES[users[i] as typeof SID]!, lookedUp: NOW })
  for (const { records, missing } of rings) {
    records(5)
    missing(3, 'overrun')
  }
  for (const { records } of rings) records(20)
  return made.bytes()
}

/** What a capture says of everybody but one user. */
const ofOthers = (bytes: Uint8Array, sid: string) => new Map([...contentOf(bytes).packets].filter(([key]) => !key.includes(sid)))
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

function expectForgotten(path: string, before: Uint8Array, sid = SID, after = folder.read(path)): void {
  const { packets, reader } = contentOf(after)
  expect(packets).toEqual(ofOthers(before, sid))
  expect([...packets.keys()].join()).not.toContain(sid)
  expect([reader.fault, reader.passedOver]).toEqual([undefined, { foreign: 0, newer: 0, malformed: 0 }])
  expect(textOf(after)).not.toContain(sid)
  expect(textOf(after)).not.toContain(NAMES[sid as typeof SID])
}

describe('forgetting a user', () => {
  it.each([
    ['the first', OTHER_SID],
    ['one in the middle', SID],
    ['the last', THIRD_SID],
  ])('takes the records, losses and name of %s out of a capture, and leaves those of others as they are', async (_, sid) => {
    const path = folder.write('a.pcapng', captureOf())
    expect(await forgetUser(path, sid.toLowerCase())).toMatchObject({ outcome: 'rewritten', records: 17, rings: 1, others: 2 })
    expectForgotten('a.pcapng', captureOf(), sid)
    expect(readdirSync(folder.path)).toEqual(['a.pcapng'])
  })

  it('leaves what other tools read, with the counters of the others', async () => {
    const path = folder.write('a.pcapng', captureOf())
    await forgetUser(path, SID)
    expect(run('capinfos', path)).toMatch(/Number of interfaces in file: 2/)
    const rings = run('tshark', '-r', path, '-T', 'fields', '-e', 'frame.interface_id', '-e', 'frame.interface_name').trim().split('\n')
    expect(new Set(rings)).toEqual(new Set([`0\t${OTHER_SID}`, `1\t${THIRD_SID}`]))
  })

  it('reads either byte order, and sections that follow each other with interfaces of their own', async () => {
    const joined = Buffer.concat([captureOf(), bigEndian(captureOf([SID, OTHER_SID])), captureOf([SID])])
    const path = folder.write('a.pcapng', joined)
    expect(await forgetUser(path, SID)).toMatchObject({ outcome: 'rewritten', records: 3 * 17, rings: 3, others: 3 })
    expectForgotten('a.pcapng', joined)
  })

  it('keeps what other people wrote into the same capture', async () => {
    const path = folder.write('a.pcapng', captureOf())
    const merged = folder.file('merged.pcapng')
    run('mergecap', '-w', merged, path, folder.write('b.pcapng', captureOf([SID])))
    const before = folder.read('merged.pcapng')
    expect(await forgetUser(merged, SID)).toMatchObject({ outcome: 'rewritten', records: 2 * 17 })
    expect(contentOf(folder.read('merged.pcapng')).packets).toEqual(ofOthers(before, SID))
    expect(textOf(folder.read('merged.pcapng'))).not.toContain(SID)
  })

  it('leaves a compressed capture compressed', async () => {
    const path = folder.write('a.pcapng.gz', gzipSync(captureOf()))
    expect(await forgetUser(path, SID)).toMatchObject({ outcome: 'rewritten' })
    expectForgotten('', captureOf(), SID, new Uint8Array(gunzipSync(folder.read('a.pcapng.gz'))))
  })

  it('removes a capture that has nothing else, and does not touch one that has nothing of the user', async () => {
    const only = folder.write('a.pcapng', captureOf([SID]))
    const none = folder.write('b.pcapng', captureOf([OTHER_SID]))
    expect(await forgetUser(only, SID)).toMatchObject({ outcome: 'removed', records: 17 })
    expect(await forgetUser(none, SID)).toMatchObject({ outcome: 'none', records: 0 })
    expect(readdirSync(folder.path)).toEqual(['b.pcapng'])
    expect(Buffer.compare(folder.read('b.pcapng'), captureOf([OTHER_SID]))).toBe(0)
  })

  it('keeps the times by which captures are kept, and who may read it', async () => {
    const path = folder.write('a.pcapng', captureOf())
    utimesSync(path, 1_700_000_000, 1_700_000_000)
    const { mode } = statSync(path)
    await forgetUser(path, SID)
    expect([statSync(path).mtimeMs, statSync(path).mode]).toEqual([1_700_000_000_000, mode])
  })

  it('leaves out the block that a killed recorder could not finish', async () => {
    const whole = captureOf()
    const path = folder.write('a.pcapng', whole.subarray(0, whole.length - 10))
    await forgetUser(path, SID)
    expectForgotten('a.pcapng', whole.subarray(0, whole.length - 10))
  })

  it('changes nothing where a capture is damaged: what is after that may be the user’s, or somebody else’s', async () => {
    const damaged = captureOf()
    const middle = textOf(damaged).indexOf('MPRP', damaged.length / 2) - 28
    damaged[middle + 4]! += 2
    const path = folder.write('a.pcapng', damaged)
    expect(await forgetUser(path, SID)).toMatchObject({
      outcome: 'refused',
      refusal: expect.stringMatching(/^has a block .* \(byte \d+\)$/),
    })
    expect(Buffer.compare(folder.read('a.pcapng'), damaged)).toBe(0)
  })

  it('says what it would do, and changes nothing, when it is only tried', async () => {
    const path = folder.write('a.pcapng', captureOf())
    expect(await forgetUser(path, SID, true)).toMatchObject({ outcome: 'rewritten', records: 17 })
    expect(Buffer.compare(folder.read('a.pcapng'), captureOf())).toBe(0)
  })

  it('begins anew where it was killed before', async () => {
    folder.write('a.pcapng.new', 'half of it')
    const path = folder.write('a.pcapng', captureOf())
    expect(await forgetUser(path, SID)).toMatchObject({ outcome: 'rewritten' })
    expectForgotten('a.pcapng', captureOf())
    expect(readdirSync(folder.path)).toEqual(['a.pcapng'])
  })
})
