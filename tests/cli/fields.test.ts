import { PassThrough } from 'node:stream'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { coloursFor } from '../../host/cli/output/colours.ts'
import { chosenFields, chosenJson, chosenLine, chosenTitles, OUTPUT_FIELDS } from '../../host/cli/output/fields.ts'
import { notificationJson, operationJson } from '../../host/text/event-json.ts'
import { eventsOf, oddRing, trafficRings } from '../host/filter-rings.ts'
import { operation, TIME } from './events.ts'

const style = { colours: coloursFor(new PassThrough(), {}), width: undefined, utc: false, now: () => TIME }

describe('the fields that can be chosen', () => {
  it('are those of the JSON, all of them and no other', () => {
    const rings = [...trafficRings(200), oddRing()]
    const inner = (json: string) =>
      Object.entries(JSON.parse(json)).flatMap(([name, value]) =>
        ['process', 'error'].includes(name) ? Object.keys(value as object).map((key) => `${name}.${key}`) : [name],
      )
    const seen = { operations: new Set<string>(), notifications: new Set<string>() }
    for (const event of eventsOf(rings, 'operation'))
      if (event.type === 'operation') inner(operationJson(event)).forEach((name) => void seen.operations.add(name))
    for (const event of eventsOf(rings, 'notification'))
      if (event.type === 'notification') inner(notificationJson(event)).forEach((name) => void seen.notifications.add(name))
    // No ring here comes from another machine, and no operation ends after it was given up.
    for (const names of Object.values(seen)) names.add('host')
    // A note about names, no field of the event.
    for (const names of Object.values(seen)) names.delete('unpaired')
    seen.operations.add('completes')
    for (const of of ['operations', 'notifications'] as const) {
      const listed = OUTPUT_FIELDS.filter((field) => field.of === 'both' || field.of === of).map(({ name }) => name)
      expect(listed.sort()).toEqual([...seen[of]].sort())
    }
  })

  it('make an object with nothing else, in their order', () => {
    const fields = chosenFields('durationMs, process.image,process.id,error.name,localName')
    expect(chosenJson(operation(), fields)).toBe('{"durationMs":38.4,"process":{"image":"explorer.exe","id":4711},"localName":"P:"}')
  })

  it('make a line in columns below their titles, with - for what is not known', () => {
    const fields = chosenFields('time,durationMs,localName,provider,flags')
    expect(chosenTitles(fields, style)).toBe('time                     durationMs  localName  provider                  flags')
    expect(chosenLine(operation({ localName: undefined }), fields, style)).toBe(
      '2026-01-05 09:05:03.007     38 ms  -     -                         0x1',
    )
  })

  it('are cut at the edge of a terminal, escaped, and whole in a pipe', () => {
    const fields = chosenFields(OUTPUT_FIELDS.map(({ name }) => name).join())
    const event = operation({ remoteName: '\x1b[2J\u202e' })
    expect(stringWidth(chosenLine(event, fields, { ...style, width: 80 }))).toBe(80)
    expect(chosenLine(event, fields, style)).toContain('<U+001B>[2J<U+202E>')
  })

  it('must exist', () => {
    expect(() => chosenFields('time,colour')).toThrow('There is no field "colour"; "mprtap fields" lists all of them.')
  })
})
