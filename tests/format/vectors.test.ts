import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type VectorRecord, vectorBytes } from '../../host/testing/vector-record.ts'
import { naiveChecksum, naiveStrings } from './naive-ring.ts'

interface Vector extends VectorRecord {
  name: string
  slot: string
  expected: { [field: string]: unknown; truncated: Record<string, number> | null }
}

const { vectors } = JSON.parse(readFileSync(new URL('../../format/vectors.json', import.meta.url), 'utf8')) as { vectors: Vector[] }
const NAMES = ['remoteName', 'localName', 'provider', 'imageName'] as const

describe('the golden records', () => {
  it('are at least the fourteen kinds that the three languages have to agree on, each under its own name', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(14)
    expect(new Set(vectors.map((vector) => vector.name)).size).toBe(vectors.length)
  })

  it.each(vectors)('$name: the TypeScript writer writes these bytes', (vector) => {
    expect(Buffer.from(vectorBytes(vector)).toString('hex')).toBe(vector.slot)
  })

  it.each(vectors)('$name: a second implementation of the checksum agrees', ({ slot, fileId, sequence }) => {
    const bytes = Buffer.from(slot, 'hex')
    expect(bytes.readBigUInt64LE(8)).toBe(naiveChecksum(bytes, BigInt(`0x${fileId}`), BigInt(sequence)))
  })

  it.each(vectors)('$name: read by hand, the bytes hold what went in', ({ slot: hex, sequence, input }) => {
    const slot = Buffer.from(hex, 'hex')
    expect(slot.readBigUInt64LE(0)).toBe(BigInt(sequence) * 4n + 2n)
    expect(slot.readUInt16LE(16)).toBe(slot.length)
    expect(slot.readUInt8(18)).toBe(input.kind === 'add' ? 1 : 2)
    expect(slot.readUInt8(19)).toBe(0)
    expect([20, 24, 28, 80, 84, 88, 92, 96, 100].map((at) => slot.readUInt32LE(at))).toEqual([
      input.notifyStatus,
      input.operationStatus,
      input.flags,
      input.processId,
      input.threadId,
      input.sessionId,
      input.resourceType,
      Number(input.force) + 2 * Number(input.ownerWindow) + 4 * Number(input.pointer32) + 8 * Number(input.impersonated),
      0,
    ])
    expect([32, 40, 48, 56, 64, 72].map((at) => slot.readBigUInt64LE(at).toString())).toEqual([
      input.wallTime,
      input.ticks,
      input.ticksPerSecond,
      input.context,
      input.processStartTime,
      input.logonId,
    ])
  })

  it.each(vectors)(
    '$name: the strings are those expected of a reader, cut where stated and padded with zeros',
    ({ slot: hex, input, expected }) => {
      const slot = Buffer.from(hex, 'hex')
      const strings = naiveStrings(slot)
      expect(128 + strings.reduce((sum, { blocks }) => sum + blocks.length, 0)).toBe(slot.length)
      for (const [i, field] of NAMES.entries()) {
        const { stored, full, traits, text, blocks } = strings[i]!
        const given = input[field]
        const wide = [...(given ?? '')].some((character) => character.codePointAt(0)! > 0xff)
        const cut = expected.truncated?.[field]
        expect({ field, text: (traits & 1) !== 0 ? text : null }).toEqual({ field, text: expected[field] })
        expect(full).toBe(given?.length ?? 0)
        expect(stored).toBe((expected[field] as string | null)?.length ?? 0)
        expect(traits).toBe((given === null ? 0 : 1) + (wide ? 2 : 0) + (cut === undefined ? 0 : 4))
        expect(blocks.subarray(stored * (wide ? 2 : 1)).every((byte) => byte === 0)).toBe(true)
        if (cut !== undefined) expect(cut).toBe(full)
      }
    },
  )
})
