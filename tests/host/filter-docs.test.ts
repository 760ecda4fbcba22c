import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compileFilter } from '../../host/filter/compile.ts'
import { fieldNames, isField, type Level } from '../../host/filter/fields.ts'
import { parseFilter } from '../../host/filter/parser.ts'
import { notificationJson, operationJson } from '../../host/text/event-json.ts'
import { eventsOf, oddRing, trafficRings } from './filter-rings.ts'
import { type Event, matches } from './reference-filter.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/filters.md'), 'utf8')
const blocks = (language: string) => [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text]) => text!)
const lines = (language: string) => blocks(language).flatMap((text) => text.trimEnd().split('\n'))

const rings = [...trafficRings(400), oddRing()]
const events: Readonly<Record<Level, Event[]>> = { operation: eventsOf(rings, 'operation'), notification: eventsOf(rings, 'notification') }

describe('docs/filters.md', () => {
  it.each<[string, Level]>([
    ...lines('filter').map((text): [string, Level] => [text, 'operation']),
    ...lines('filter notification').map((text): [string, Level] => [text, 'notification']),
  ])('gives a filter that compiles, and that does not keep everything: %s', (text, level) => {
    const filter = parseFilter(text, level)
    expect(compileFilter(filter, 0x180000).length).toBeGreaterThan(0)
    const kept = events[level].filter((event) => matches(filter, event)).length
    expect(kept).toBeLessThan(events[level].length)
  })

  it('has examples for both levels', () => {
    expect(lines('filter').length).toBeGreaterThan(20)
    expect(lines('filter notification').length).toBeGreaterThan(0)
  })

  it.each(
    [...page.matchAll(/^\| `([^`]+)`(?:, `([^`]+)`)?.* \| .* \| .* \|$/gm)]
      .map((row) => row.slice(1).filter((cell) => / /.test(cell ?? '')))
      .filter((cells) => cells.length > 0),
  )('gives the condition %s', (...conditions) => {
    for (const condition of conditions) expect(parseFilter(condition!)).toHaveProperty('field')
  })

  it('gives the filters of its commands and of its code', () => {
    const quoted = [...page.matchAll(/--filter '(.*)'$|--filter "(.*?)"`|filter: '(.*?)' \}/gm)].map(
      ([, shell, cmd, code]) => shell ?? cmd ?? code!,
    )
    expect(quoted.length).toBe(3)
    for (const filter of quoted) expect(parseFilter(filter)).toBeTruthy()
  })

  it('calls the methods of the builder by their names', () => {
    const example = blocks('ts').at(-1)!
    for (const [, method] of example.matchAll(/field\('[\w.]+'\)\.(\w+)\(/g)) expect(page).toContain(`\`${method}\``)
    for (const [, name] of example.matchAll(/field\('([\w.]+)'\)/g)) expect(isField(name!)).toBe(true)
  })
})

describe('the fields of a filter', () => {
  const jsonOf = (event: Event) => (event.type === 'operation' ? operationJson(event) : notificationJson(event))

  it.each(['operation', 'notification'] as const)('are those of the JSON output of an %s, but for its frame', (level) => {
    const paths = new Set<string>()
    for (const event of events[level]) {
      for (const [name, value] of Object.entries(JSON.parse(jsonOf(event)) as object)) {
        const parts = name === 'process' || name === 'error' ? Object.keys(value as object).map((part) => `${name}.${part}`) : [name]
        for (const part of parts) paths.add(part)
      }
    }
    const frame = ['level', 'msg', 'type', 'truncated', 'unreadable', 'id', 'host', 'timestamp', 'completes', 'unpaired']
    expect([...paths].filter((path) => !frame.includes(path)).sort()).toEqual(fieldNames(level).sort())
  })
})
