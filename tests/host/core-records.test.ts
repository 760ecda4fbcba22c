import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LEVEL_NOTIFICATION } from '../../assembly/abi.ts'
import { RingWriter } from '../../host/testing/index.ts'
import type { VectorRecord } from '../../host/testing/vector-record.ts'
import { CoreDriver } from './core-driver.ts'
import { SID } from './records.ts'
import { type Row, referenceRecord } from './reference-record.ts'

interface Vector extends VectorRecord {
  name: string
  slot: string
  expected: Record<string, unknown> & { truncated: Record<string, number> | null }
}

const { vectors } = JSON.parse(readFileSync(new URL('../../format/vectors.json', import.meta.url), 'utf8')) as { vectors: Vector[] }
const KINDS = [undefined, 'add', 'cancel']
const RESOURCE_TYPES = ['any', 'disk', 'print']

/** The one record of a ring that holds the golden slot and nothing else. */
function deliver({ fileId, sequence, slot }: Vector): Row[] {
  const at = BigInt(sequence)
  const ring = RingWriter.create({ sid: SID, fileId: BigInt(`0x${fileId}`), slotCountLog2: 2 })
  ring.setHead(at)
  const driver = new CoreDriver(LEVEL_NOTIFICATION)
  driver.open(0, ring.bytes, 0)
  ring.setHead(at + 1n)
  ring.poke(ring.slotOffset(at), Buffer.from(slot, 'hex'))
  return driver.turn(0, ring.bytes, 0).rows
}

describe('the golden records, read by the core', () => {
  it.each(vectors)('$name: delivered with the fields expected of a reader', (vector) => {
    const { input, expected } = vector
    const rows = deliver(vector)
    expect(rows).toHaveLength(1)
    const row = rows[0]!
    const device = input.kind === 'cancel' && /^[A-Z]:$/i.test(input.remoteName ?? '')
    expect({
      kind: KINDS[row.kind],
      phase: row.phase,
      status: row.status ?? null,
      resourceType: row.kind === 1 ? (RESOURCE_TYPES[row.resourceType] ?? row.resourceType) : null,
      force: row.kind === 2 ? (row.recordFlags & 1) === 1 : null,
      bits: row.recordFlags & 4 ? 32 : 64,
      time: row.time,
      remoteName: (device ? row.localName : row.remoteName) ?? null,
      localName: (device ? row.remoteName : row.localName) ?? null,
      provider: row.provider ?? null,
      imageName: row.imageName ?? null,
      truncated: Object.keys(row.truncated).length > 0 ? row.truncated : null,
    }).toEqual(expected)
  })

  it.each(vectors)('$name: and every other field as it was written', (vector) => {
    const { input } = vector
    const row = deliver(vector)[0]!
    expect(row).toMatchObject({
      ring: 0,
      outcome: 0,
      durationMs: undefined,
      sequence: Number(vector.sequence),
      notifyStatus: input.notifyStatus,
      flags: input.flags,
      processId: input.processId,
      threadId: input.threadId,
      sessionId: input.sessionId,
      context: BigInt(input.context),
      logonId: BigInt(input.logonId),
      processStartTime: Number(BigInt(input.processStartTime) - 116_444_736_000_000_000n) / 10_000,
    })
    expect((row.recordFlags & 2) !== 0).toBe(input.ownerWindow)
  })

  it.each(vectors)('$name: as the reference reads it', (vector) => {
    const slot = Buffer.alloc(512)
    slot.set(Buffer.from(vector.slot, 'hex'))
    const reference = referenceRecord(slot, BigInt(`0x${vector.fileId}`), BigInt(vector.sequence), 0)
    expect(deliver(vector)).toEqual([reference?.row])
  })
})
