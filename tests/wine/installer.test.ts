// A program that knows nothing of this project: an NSIS installer that calls the API through System::Call.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import type { Operation } from '../../host/index.ts'
import { bed } from './bed.ts'

let operations: Operation[]

beforeAll(async () => {
  bed.fresh()
  await bed.wine.mustRun(join(bed.programs, 'logon.exe'), ['/S'])
  operations = await bed.operations(7)
})

it('each of its calls arrives, as it made them and in order', () => {
  expect(operations.map((o) => [o.kind, o.localName, o.remoteName, o.resourceType, o.flags, o.force])).toEqual([
    ['add', 'N:', '\\\\fs01\\installers', 'disk', 4, undefined],
    ['add', 'LPT3', '\\\\print01\\reception', 'print', 1, undefined],
    ['add', 'O:', '\\\\gone\\archive', 'disk', 4, undefined],
    ['add', '', '\\\\fs01\\licences', 'disk', 0, undefined],
    ['cancel', 'N:', undefined, undefined, 0, true],
    ['cancel', 'LPT3', undefined, undefined, 1, false],
    ['cancel', undefined, '\\\\fs01\\licences', undefined, 0, false],
  ])
})

it('each ended as the installer itself saw it', () => {
  const log = readFileSync(join(bed.programs, 'logon.log'), 'latin1').trim().split('\r\n')
  expect(operations.map((o) => String(o.status))).toEqual(log.map((line) => line.split(' ')[0]))
})

it('they are all of one process and one thread of logon.exe', () => {
  expect(new Set(operations.map(({ process: { image, id, threadId, bits } }) => `${image} ${id} ${threadId} ${bits}`)).size).toBe(1)
  expect(operations[0]?.process).toMatchObject({ image: 'logon.exe', bits: 64 })
})
