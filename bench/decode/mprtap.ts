// mprtap's own variants: everything a tap does to a window, and what a program then does with the batch.

import { LEVEL_OPERATION, LEVEL_RECORD } from '../../assembly/abi.ts'
import { SLOT_SIZE } from '../../format/layout.ts'
import type { Batch } from '../../host/events/batch.ts'
import { openTap } from '../../host/index.ts'
import { openFile } from '../../host/system/file.ts'
import { kept, type Variant } from '../lib/measure.ts'
import { CoreReader, ringInMemory } from './core-reader.ts'
import type { Corpus } from './corpus.ts'
import { tally } from './truth.ts'

/** The five fields of every row, from the columns. */
function tallyColumns({ columns, strings, length }: Batch): number {
  const { time, status, processId, remoteName, localName } = columns
  let sum = 0
  for (let row = 0; row < length; row++) {
    const remote = strings[remoteName[row]!]
    const local = strings[localName[row]!]
    sum = (sum + (time[row]! | 0) + status[row]! + processId[row]! + (remote?.length ?? 0) + 31 * (local?.length ?? 0)) | 0
  }
  return sum
}

/** The same by the cursor: one object for all rows. */
function tallyCursor(batch: Batch): number {
  const row = batch.cursor()
  let sum = 0
  while (row.next()) {
    const { time, status, remoteName, localName, process } = row
    sum = (sum + (time | 0) + (status ?? 0) + process.id + (remoteName?.length ?? 0) + 31 * (localName?.length ?? 0)) | 0
  }
  return sum
}

function tallyObjects(batch: Batch): number {
  let sum = 0
  const objects = batch.objects()
  for (let row = 0; row < objects.length; row++) {
    kept[row] = objects[row]
    sum = (sum + tally(objects[row]!)) | 0
  }
  return sum
}

type Take = (batch: Batch) => number

function variant(name: string, label: string, reader: CoreReader, take: Take): Variant {
  return {
    name,
    label,
    pass(first, count) {
      let sum = 0
      reader.begin(first, count)
      while (reader.next()) sum = (sum + take(reader.batch)) | 0
      return sum
    },
  }
}

/** Objects of the first `count` notifications, for the comparison with the truth. */
function objectsOf(reader: CoreReader): (count: number) => unknown[] {
  return (count) => {
    const objects: unknown[] = []
    reader.begin(0, count)
    while (reader.next()) {
      for (const { id, host, timestamp, ...fields } of reader.batch.objects()) objects.push(fields)
    }
    return objects
  }
}

/** @param path the same ring as a file. */
export function notificationVariants(corpus: Corpus, path: string): Variant[] {
  const memory = () => new CoreReader(ringInMemory(corpus.ring), corpus.sid)
  const file = new CoreReader(
    openFile(path, () => {}),
    corpus.sid,
  )
  const objects = memory()
  return [
    variant('columns', 'mprtap: columns', memory(), tallyColumns),
    variant('columns_from_file', 'mprtap: columns, the ring read with pread', file, tallyColumns),
    variant('cursor', 'mprtap: cursor, 2 strings and 3 numbers read', memory(), tallyCursor),
    { ...variant('objects', 'mprtap: plain objects, all fields', objects, tallyObjects), objects: objectsOf(objects) },
  ]
}

export function operationVariants(corpus: Corpus): Variant[] {
  const operations = (name: string, label: string, take: Take): Variant => {
    const reader = new CoreReader(ringInMemory(corpus.ring), corpus.sid, undefined, LEVEL_OPERATION)
    return {
      name,
      label,
      pass(first, count) {
        let sum = 0
        reader.begin(first, count)
        while (reader.next()) sum = (sum + take(reader.batch)) | 0
        while (reader.expire()) sum = (sum + take(reader.batch)) | 0
        return sum
      },
    }
  }
  return [
    operations('operations_columns', 'mprtap: operations as columns', tallyColumns),
    operations('operations_cursor', 'mprtap: operations by the cursor', tallyCursor),
    operations('operations_objects', 'mprtap: operations as plain objects', tallyObjects),
  ]
}

/** A whole tap, opened, iterated event by event to the end of the ring, and closed. */
export function tapVariants(path: string): Variant[] {
  return [
    {
      name: 'tap_for_await',
      label: 'mprtap: openTap(), for await, 2 strings and 3 numbers read',
      async pass(_, count) {
        const tap = await openTap({ sources: [path], from: 'oldest', level: 'notification' })
        let left = count
        let sum = 0
        for await (const event of tap) {
          sum = (sum + tally(event)) | 0
          if (--left === 0) break
        }
        return sum
      },
    },
    {
      name: 'tap_batches',
      label: 'mprtap: openTap(), batches(), columns',
      async pass(_, count) {
        const tap = await openTap({ sources: [path], from: 'oldest', level: 'notification' })
        let left = count
        let sum = 0
        for await (const batch of tap.batches()) {
          sum = (sum + tallyColumns(batch)) | 0
          left -= batch.length
          if (left === 0) break
        }
        return sum
      },
    },
  ]
}

/** What the copy out of the ring costs on its own. */
export function copyOfSlots({ ring }: Corpus): Variant {
  const windowSlots = 256
  const window = new Uint8Array(windowSlots * SLOT_SIZE)
  return {
    name: 'copy_of_slots',
    label: 'the copy of the slots alone (no answer)',
    pass(first, count) {
      for (let i = first; i < first + count; i += windowSlots) {
        const at = 4096 + i * SLOT_SIZE
        window.set(ring.subarray(at, at + windowSlots * SLOT_SIZE))
      }
      return 0
    },
  }
}

/** What every guarantee costs before anything is made of a record: the copy, stamp, lengths and checksum. */
export function floor(corpus: Corpus): Variant {
  const reader = new CoreReader(ringInMemory(corpus.ring), corpus.sid, undefined, LEVEL_RECORD)
  return {
    name: 'floor',
    label: 'mprtap: copied and verified, nothing more (no answer)',
    pass(first, count) {
      reader.begin(first, count)
      while (reader.next());
      return 0
    },
  }
}
