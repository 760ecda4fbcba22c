import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RECORD_USED, SLOT_SIZE } from '../../format/layout.ts'
import { captureTime } from '../../host/captures/block-writer.ts'
import { dissectorScript } from '../../host/captures/dissector.ts'
import { putRecord, type RecordInput } from '../../host/model/record.ts'
import { Random } from '../../host/testing/random.ts'
import { generateTraffic } from '../../host/testing/traffic.ts'
import { type VectorRecord, vectorBytes } from '../../host/testing/vector-record.ts'
import { SID } from '../host/records.ts'
import { type Row, referenceRecord } from '../host/reference-record.ts'
import { run, ToolFolder } from './debian-tools.ts'
import { fileIdText, RingCapture } from './ring-captures.ts'

const folder = new ToolFolder()

interface Sample {
  readonly slot: Uint8Array
  readonly fileId: bigint
  readonly sequence: bigint
}

const NAMES = ['remoteName', 'localName', 'provider', 'imageName'] as const
const FIELDS = [
  'sequence',
  'kind',
  'phase',
  'status',
  'outcome',
  'flags',
  'resource_type',
  'notify_status',
  'context',
  'logon_id',
  'process_id',
  'thread_id',
  'session_id',
  'record_flags',
  'wall_time',
  'ticks',
  'ticks_per_second',
  'process_start_time',
  'checksum',
  'remote_name',
  'local_name',
  'provider',
  'image_name',
  'remote_name.length',
  'local_name.length',
  'provider.length',
  'image_name.length',
] as const

/** What tshark prints of a text: half a pair as U+FFFD, and what would end a line or a column as C writes it. */
function shown(text = ''): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
  return Buffer.from(text)
    .toString()
    .replace(/[\n\r\t]/g, (control) => escapes[control]!)
}

const OUTCOMES: Readonly<Record<number, string>> = {
  0: 'succeeded',
  2108: 'succeeded',
  2109: 'succeeded',
  1223: 'cancelled',
  2147943623: 'cancelled', // the HRESULT of 1223
}
const hex = (value: number | bigint, digits: number) => `0x${BigInt(value).toString(16).padStart(digits, '0')}`

/** A line of tshark's as our own reading of the record has it. */
function expected({ slot, fileId, sequence }: Sample): string[] {
  const bytes = Buffer.concat([slot, Buffer.alloc(SLOT_SIZE - slot.length)])
  const reference = referenceRecord(bytes, fileId, sequence, 0)
  if (!reference) throw new Error(`the sample with sequence ${sequence} is no record`)
  const { row, ticks, ticksPerSecond, startTime } = reference
  const { status } = row
  const whole: Record<(typeof FIELDS)[number], string> = {
    sequence: String(sequence),
    kind: String(row.kind),
    phase: row.phase,
    status: status === undefined ? '' : String(status),
    outcome: status === undefined ? '' : (OUTCOMES[status] ?? 'failed'),
    flags: hex(row.flags, 8),
    resource_type: String(row.resourceType),
    notify_status: hex(row.notifyStatus, 8),
    context: hex(row.context, 16),
    logon_id: hex(row.logonId, 16),
    process_id: String(row.processId),
    thread_id: String(row.threadId),
    session_id: String(row.sessionId),
    record_flags: hex(row.recordFlags, 8),
    wall_time: String(bytes.readBigUInt64LE(32)),
    ticks: String(ticks),
    ticks_per_second: String(ticksPerSecond),
    process_start_time: String(startTime),
    checksum: hex(bytes.readBigUInt64LE(8), 16),
    remote_name: shown(row.remoteName),
    local_name: shown(row.localName),
    provider: shown(row.provider),
    image_name: shown(row.imageName),
    ...(Object.fromEntries(NAMES.map((name, i) => [`${FIELDS[19 + i]}.length`, lengthOf(row, name)])) as Record<never, string>),
  } as Record<(typeof FIELDS)[number], string>
  return FIELDS.map((field) => whole[field])
}

function lengthOf({ truncated }: Row, name: (typeof NAMES)[number]): string {
  return truncated[name] === undefined ? '' : String(truncated[name])
}

/** What tshark with our dissector makes of the records. */
function dissect(samples: readonly Sample[]): string[][] {
  const script = folder.write('mprtap.lua', dissectorScript('0.0.0'))
  const capture = new RingCapture()
  const rings = new Map<bigint, ReturnType<typeof capture.writer.addRing>>()
  for (const { fileId } of samples)
    if (!rings.has(fileId)) {
      const identity = { host: 'RDS07', user: SID, fileId: fileIdText(fileId), redacted: undefined }
      rings.set(fileId, capture.writer.addRing(identity, 0, 0n))
    }
  for (const { slot, fileId } of samples) capture.writer.record(rings.get(fileId)!, captureTime(0n), slot, 0, slot.length)
  const file = folder.write('a.pcapng', capture.writer.blocks.written())
  const fields = FIELDS.flatMap((field) => ['-e', `mprtap.${field}`])
  // A separator that no name of a share or program has.
  const out = run('tshark', '-X', `lua_script:${script}`, '-r', file, '-T', 'fields', '-E', 'separator=\u001f', ...fields)
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\u001f'))
}

function generated(count: number): Sample[] {
  const random = new Random(7)
  const fileId = 0x0123_4567_89ab_cdefn
  const samples: Sample[] = []
  const wild = (text: string | null) => {
    if (text === null || random.below(4) > 0) return text
    const extra = ['ü', '€uro', '😀', 'x'.repeat(300), '\ud800', '\udc00lone', 'ÿþ', 'пример', '例え', 'y'.repeat(100)]
    return text + extra[random.below(extra.length)]!
  }
  for (const { record } of generateTraffic({ seed: 5, operations: count, users: 20 })) {
    if (samples.length === count) break
    const sequence = BigInt(samples.length)
    const input: RecordInput = {
      ...record,
      remoteName: wild(record.remoteName),
      localName: wild(record.localName),
      imageName: wild(record.imageName),
    }
    const slot = new Uint8Array(SLOT_SIZE)
    const view = new DataView(slot.buffer)
    view.setBigUint64(0, (sequence << 2n) | 2n, true)
    putRecord(view, 0, input, fileId, sequence)
    samples.push({ slot: slot.subarray(0, view.getUint16(RECORD_USED, true)), fileId, sequence })
  }
  return samples
}

describe('the dissector', () => {
  const vectors = (JSON.parse(readFileSync(join(import.meta.dirname, '../../format/vectors.json'), 'utf8')) as { vectors: VectorRecord[] })
    .vectors

  it('shows every golden record as our reader does', () => {
    const samples = vectors.map((vector) => ({
      slot: vectorBytes(vector),
      fileId: BigInt(`0x${vector.fileId}`),
      sequence: BigInt(vector.sequence),
    }))
    expect(dissect(samples)).toEqual(samples.map(expected))
  })

  it('shows ten thousand generated records as our reader does', () => {
    const samples = generated(10_000)
    expect(samples).toHaveLength(10_000)
    const lines = dissect(samples)
    expect(lines).toHaveLength(10_000)
    // One comparison of all of them would print them all.
    for (const [i, sample] of samples.entries()) expect(lines[i]).toEqual(expected(sample))
  }, 120_000)

  it('tells a POST which PRE it answers, marks failures and losses, and lets nothing steer a terminal', () => {
    const capture = new RingCapture()
    const script = folder.write('mprtap.lua', dissectorScript('0.0.0'))
    const slot = new Uint8Array(SLOT_SIZE)
    const view = new DataView(slot.buffer)
    const base = vectors[1]!
    const input = { ...base.input, remoteName: '\\\\a\u001b[31m\u202eb\\c', operationStatus: 53, context: '1' }
    slot.set(vectorBytes({ ...base, input }))
    const identity = { host: 'RDS07', user: SID, fileId: base.fileId, redacted: undefined }
    const ring = capture.writer.addRing(identity, 0, 0n)
    capture.writer.missing(ring, 3, 'abandoned')
    capture.writer.record(ring, captureTime(0n), slot, 0, view.getUint16(RECORD_USED, true))
    capture.writer.name(ring, { sid: SID, name: 'FARM\\müller', lookedUp: 134_120_736_000_000_000n })
    const file = folder.write('a.pcapng', capture.bytes())
    const tshark = (...args: string[]) => run('tshark', '-X', `lua_script:${script}`, '-r', file, ...args)
    expect(tshark('-Y', 'mprtap.phase == "post"', '-T', 'fields', '-e', 'mprtap.response_to')).toBe('0\n')
    expect(tshark('-Y', 'mprtap.failed', '-T', 'fields', '-e', 'mprtap.status')).toBe('53\n')
    expect(tshark('-Y', 'mprtap.lost', '-T', 'fields', '-e', 'mprtap.run.count', '-e', 'mprtap.run.reason')).toBe('3\t2\n')
    expect(tshark('-Y', 'mprtap.packet == 4', '-T', 'fields', '-e', 'mprtap.name.account')).toBe('FARM\\müller\n')
    expect(tshark('-Y', 'mprtap.packet == 3', '-T', 'fields', '-e', 'mprtap.account.abandoned')).toBe('3\n')
    expect(tshark('-Y', 'mprtap.packet == 1', '-T', 'fields', '-e', '_ws.col.Info')).toBe(
      'add POST \\\\a?[31m?b\\c P:, ERROR_BAD_NETPATH\n',
    )
  })

  it('leaves packets of other people with the same link type to others', () => {
    const script = folder.write('mprtap.lua', dissectorScript('0.0.0'))
    const capture = new RingCapture()
    capture.writer.blocks.interface({ name: 'other', description: 'other', hardware: '' })
    const at = capture.writer.blocks.packet(0, 0, 0, 24)
    capture.writer.blocks.bytes.fill(0x41, at, at + 24)
    const file = folder.write('a.pcapng', capture.writer.blocks.written())
    expect(run('tshark', '-X', `lua_script:${script}`, '-r', file, '-T', 'fields', '-e', 'frame.protocols')).not.toContain('mprtap')
  })
})
