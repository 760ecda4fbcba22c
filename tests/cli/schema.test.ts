// Every line of NDJSON is what docs/schema/ says, and docs/schema/ names every field.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeRings } from '../../host/testing/index.ts'
import { notificationJson, operationJson } from '../../host/text/event-json.ts'
import { lossJson } from '../../host/text/loss-text.ts'
import { eventsOf, oddRing, trafficRings } from '../host/filter-rings.ts'
import { mprtap } from './command.ts'
import { operation } from './events.ts'

const ajv = new Ajv2020({ strict: true, allErrors: true })

interface Schema {
  readonly properties: Readonly<Record<string, { readonly properties?: object }>>
}

function schemaOf(name: string): Schema {
  return JSON.parse(readFileSync(join(import.meta.dirname, `../../docs/schema/${name}.json`), 'utf8'))
}

/** Expects every line to be valid, and to have no field that the schema does not name. */
function expectValid(name: string, lines: readonly string[]): void {
  const schema = schemaOf(name)
  const validate = ajv.compile(schema)
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) {
    const object = JSON.parse(line) as Record<string, object>
    expect(validate(object), `${line}\n${ajv.errorsText(validate.errors)}`).toBe(true)
    for (const [field, value] of Object.entries(object)) {
      expect(Object.keys(schema.properties)).toContain(field)
      const inner = schema.properties[field]!.properties
      if (inner) for (const key of Object.keys(value)) expect(Object.keys(inner)).toContain(key)
    }
  }
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-schema-'))
  writeRings(folder, { seed: 6, operations: 200, users: 2 })
})
afterAll(() => rmSync(folder, { recursive: true }))

async function linesOf(...args: string[]): Promise<string[]> {
  const run = mprtap(...args)
  await run.ended()
  return run.lines
}

describe('the JSON Schema', () => {
  const rings = [...trafficRings(300), oddRing()]

  it('holds for operations, odd ones too', () => {
    const lines = eventsOf(rings, 'operation').map((event) => (event.type === 'operation' ? operationJson(event) : ''))
    // Rings in memory have no file id; those of the command have one.
    expectValid(
      'operation',
      lines.map((line) => line.replace(/"id":"[^"]*-/, '"id":"00000000000000ab-')),
    )
    expectValid('operation', [operationJson(operation({ host: 'ts01', completes: '00000000000000ab-11' }))])
  })

  it('holds for notifications', () => {
    const lines = eventsOf(rings, 'notification').map((event) => (event.type === 'notification' ? notificationJson(event) : ''))
    expectValid(
      'notification',
      lines.map((line) => line.replace(/"id":"[^"]*-/, '"id":"00000000000000ab-')),
    )
  })

  it('holds for what watch prints, its summary too', async () => {
    const lines = await linesOf('watch', folder, '--from', 'oldest', '--json', '--count', '100')
    expectValid('watch-summary', [lines.pop()!])
    expectValid('operation', lines)
  })

  it('holds for losses', () => {
    const ring = { ring: '/rings/a.ring', user: 'S-1-5-18', host: undefined, fileId: '00000000000000ab' }
    const totals = { overrun: 0, abandoned: 0, corrupt: 0, late: 0, gaveUp: 0, faults: 0 }
    expectValid('loss', [
      lossJson({ ...ring, reason: 'overrun', first: 5, count: 3, totals }, 1),
      lossJson({ ...ring, host: 'ts01', reason: 'gaveUp', count: 1, totals }, 1),
    ])
  })

  it.each(['server', 'share', 'error', 'image', 'user'])('holds for the groups and the summary of report --by %s', async (by) => {
    const lines = await linesOf('report', folder, '--json', '--by', by)
    expectValid('report-summary', [lines.pop()!])
    expectValid('group', lines)
  })

  it('holds for the rings and the summary of prune', async () => {
    mkdirSync(join(folder, 'users', 'S-1-5-19.v1.ring'))
    const lines = await linesOf('prune', folder, '--dry-run', '--json')
    expectValid('prune-summary', [lines.pop()!])
    expectValid('pruned-ring', lines)
  })

  it('is broken by a wrong value', () => {
    const validate = ajv.compile(schemaOf('operation'))
    const good = JSON.parse(operationJson(operation()))
    expect(validate(good)).toBe(true)
    for (const wrong of [{ outcome: 'lost' }, { durationMs: '5' }, { level: 35 }, { logonId: 999 }, { kind: undefined }])
      expect(validate(JSON.parse(JSON.stringify({ ...good, ...wrong })))).toBe(false)
  })
})
