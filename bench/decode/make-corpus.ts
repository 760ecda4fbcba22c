// Makes a corpus from generated traffic.

import type { TrafficOperation } from '../../host/testing/index.ts'
import { contextOf, generateTraffic, type RecordInput, RingWriter } from '../../host/testing/index.ts'
import { SLICE } from '../lib/measure.ts'
import type { Corpus } from './corpus.ts'
import { Encoder } from './encoder.ts'
import type { RecordFields } from './truth.ts'
import { type Fields, notificationOf, tally } from './truth.ts'

const SID = 'S-1-5-21-1004336348-1177238915-682003330-1108'
/** Notifications whose every field is compared before anything is timed. */
const COMPARED = 8192

/** @param distinct no remote name comes twice. */
export function makeCorpus(log2: number, seed: number, distinct = false): Corpus {
  const records = 2 ** log2
  const writer = RingWriter.create({ sid: SID, slotCountLog2: log2, fileId: 0x1234_5678_9abc_def1n, created: 0n })
  const encodings = new Encoder()
  const tallies = new Int32Array(records)
  const truth: RecordFields[] = []
  const fields: Fields[] = []
  const pending = new Map<TrafficOperation, { sequence: bigint; pre: RecordFields }>()
  let operations = 0
  let operationsTally = 0
  let batch: RecordFields[] = []

  for (const { operation, phase, record } of generateTraffic({
    seed,
    operations: Number.POSITIVE_INFINITY,
    users: 200,
    shares: 4_000,
    servers: 60,
  })) {
    if (fields.length === records) break
    const begun = pending.get(operation)
    const context = phase === 'pre' ? 0n : contextOf(begun?.sequence, record.pointer32)
    const remoteName = distinct ? `\\\\files${fields.length % 60}\\home$\\user${fields.length}` : record.remoteName
    // Peers keep the time in one double: it is not to be rounded up to the next ms.
    const wallTime = record.wallTime - (record.wallTime % 8n)
    const written: RecordInput = { ...record, context, remoteName, wallTime }
    const sequence = writer.append(written)!
    const event = notificationOf(written, Number(sequence), SID)
    if (phase === 'pre') {
      operations++
      pending.set(operation, { sequence, pre: event })
    } else {
      pending.delete(operation)
      operationsTally = (operationsTally + tally({ ...begun!.pre, status: event.status })) | 0
    }
    tallies[fields.length] = tally(event)
    fields.push({ kind: event.kind, remoteName: event.remoteName, image: event.process.image, tally: tally(event) })
    if (truth.length < COMPARED) truth.push(event)
    batch.push(event)
    if (batch.length === SLICE) {
      encodings.add(batch)
      batch = []
    }
  }
  for (const { pre } of pending.values()) operationsTally = (operationsTally + tally(pre)) | 0

  const tallyOf = (first: number, count: number) => {
    let sum = 0
    for (let i = first; i < first + count; i++) sum = (sum + tallies[i]!) | 0
    return sum
  }
  return { sid: SID, records, ring: writer.bytes, encodings, truth, fields, operations, operationsTally, tallyOf }
}
