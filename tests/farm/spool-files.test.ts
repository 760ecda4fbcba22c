// What else may lie in the folder of a spool: nothing of it keeps the spool from sending.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { captureFileName } from '../../host/captures/capture-names.ts'
import type { RecordBatch } from '../../host/sinks/record-batch.ts'
import { Spool, type SpooledSink } from '../../host/sinks/spool.ts'
import { systemClock } from '../../host/system/clock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-spool-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const path = () => join(folder, captureFileName('spool', Date.UTC(2026, 0, 5), 1))

it.each<[string, () => void, number]>([
  ['an empty file, as a process leaves it that was ended', () => writeFileSync(path(), ''), 0],
  ['a FIFO', () => void execFileSync('mkfifo', [path()]), 0],
  [
    'a file larger than any of a spool',
    () => {
      writeFileSync(path(), '')
      truncateSync(path(), 2 ** 32)
    },
    1,
  ],
])('%s', async (_, make, sentences) => {
  make()
  const told: string[] = []
  const written: RecordBatch[] = []
  const inner = {
    isAway: false,
    hasRoom: true,
    stored: [],
    write: async (batch: RecordBatch) => void written.push(batch),
    flush: async () => {},
    close: async () => {},
  } as unknown as SpooledSink
  const spool = new Spool(inner, { folder, maxBytes: 1e9, clock: systemClock, tell: (text) => told.push(text) })
  // Nothing is before it: it goes on directly.
  const batch = { records: 1, section: new Uint8Array(16) } as RecordBatch
  await spool.write(batch)
  await spool.close()
  expect(written).toEqual([batch])
  expect(spool.counts.spooled).toBe(0)
  expect(told).toHaveLength(sentences)
})
