// docs/cli.md and docs/statistics.md say what the command and the tap do, all of it and nothing else.

import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GROUPS } from '../../host/cli/commands/report.ts'
import * as exitCodes from '../../host/cli/exit-codes.ts'
import { OUTPUT_FIELDS } from '../../host/cli/output/fields.ts'
import { VERBS as verbEntries } from '../../host/cli/verbs.ts'
import { parseFilter } from '../../host/filter/parser.ts'
import { openTap } from '../../host/index.ts'
import { writeRings } from '../../host/testing/index.ts'

const ROOT = join(import.meta.dirname, '../..')
const pageOf = (name: string) => readFileSync(join(ROOT, 'docs', name), 'utf8')
const page = pageOf('cli.md')
const VERBS = verbEntries.map(({ name }) => name)

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mprtap-docs-'))
  writeRings(directory, { seed: 2, operations: 100, users: 1 })
})
afterAll(() => rmSync(directory, { recursive: true }))

/** What stands below a heading, up to the next one of its rank. */
function section(heading: string, text = page): string {
  const [, body] = text.split(`\n${heading}\n`)
  if (body === undefined) throw new Error(`no section ${heading}`)
  return body.split(new RegExp(`^#{1,${heading.indexOf(' ')}} `, 'm'))[0]!
}
/** Rows of a section's tables by their cells; heads have no code in their first one. */
function rows(text: string): string[][] {
  return [...text.matchAll(/^\| (?:`([^`]+)`|(\d+)) \| ?(.*) ?\|$/gm)].map(([, code, number, rest]) => [
    code ?? number!,
    ...rest!.split(' | '),
  ])
}
const firstCells = (text: string) => rows(text).map(([first]) => first!)

async function mprtap(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'build/cli.js'), ...args])
  return stdout
}
const help = new Map<string, Promise<string>>()
function helpOf(verb: string): Promise<string> {
  const known = help.get(verb) ?? mprtap(verb, '--help')
  help.set(verb, known)
  return known
}
/** Options as `--help` lists them, but for --help and --version themselves. */
const optionsOf = (help: string) => [...help.matchAll(/^ {2}(--[\w-]+(?: [<[]\w+[>\]])?)/gm)].map(([, option]) => option!)

/** `error.code` for a field of a field; an object whose fields are names is a field itself. */
function fieldsOf(json: string): string[] {
  return Object.entries(JSON.parse(json)).flatMap(([name, value]) =>
    typeof value === 'object' && !Array.isArray(value) && name !== 'truncated'
      ? Object.keys(value as object).map((inner) => `${name}.${inner}`)
      : [name],
  )
}
const allFields = (lines: readonly string[]) => [...new Set(lines.flatMap(fieldsOf))].sort()

describe('docs/cli.md', () => {
  it('has a section for each verb', async () => {
    const [, commands] = (await mprtap('--help')).split('Commands:\n')
    const verbs = [...commands!.matchAll(/^ {2}(\w+)/gm)].map(([, verb]) => verb).filter((verb) => verb !== 'help')
    expect(verbs).toEqual(VERBS)
    expect([...page.matchAll(/^## mprtap (\w+)$/gm)].map(([, verb]) => verb).sort()).toEqual(verbs.sort())
  })

  it.each(VERBS)('has every option of %s with its argument, and no other', async (verb) => {
    const options = optionsOf(await helpOf(verb))
    expect(firstCells(section(`## mprtap ${verb}`)).sort()).toEqual(options.sort())
  })

  it('gives commands with options that there are, and filters that parse', async () => {
    const commands = [...page.matchAll(new RegExp(`mprtap (${VERBS.join('|')})((?: --[^\\n|#\`&]*)?)`, 'g'))]
    expect(commands.length).toBeGreaterThan(6)
    for (const [, verb, rest] of commands) {
      const known = optionsOf(await helpOf(verb!)).map((option) => option.split(' ')[0])
      for (const [option] of rest!.matchAll(/--[\w-]+/g)) if (option !== '--help') expect(known).toContain(option)
    }
    const filters = [...page.matchAll(/--filter '(.*?)'(?: |$)/gm)].map(([, filter]) => filter!)
    expect(filters.length).toBeGreaterThan(0)
    for (const filter of filters) expect(parseFilter(filter)).toBeTruthy()
  })

  it('has every exit code', () => {
    expect(firstCells(section('## Exit codes')).map(Number)).toEqual([...Object.values(exitCodes), 1603, 1618, 3010])
  })

  it('has the variables that colours heed', () => {
    const source = readFileSync(join(ROOT, 'host/cli/output/colours.ts'), 'utf8')
    const [, names] = /\{ ([A-Z_, ]+) \}: NodeJS\.ProcessEnv/.exec(source)!
    expect(firstCells(section('## Environment'))).toEqual(names!.split(', '))
  })

  it('has every field of operations and notifications, and which of them has it', () => {
    const table = rows(section('### Operations and notifications')).map(([name, of]) => `${name} of ${of}`)
    expect(table).toEqual(OUTPUT_FIELDS.map(({ name, of }) => `${name} of ${of}`))
  })

  it('has every field of the summary', async () => {
    const output = await mprtap('watch', directory, '--from', 'oldest', '--count', '1', '--json')
    const summary = output.trimEnd().split('\n').at(-1)!
    expect(firstCells(section('### The summary of `watch`')).sort()).toEqual(allFields([summary]))
  })

  it('has every field of a group, and of the summary of report', async () => {
    const output = await mprtap('report', directory, '--json')
    const lines = output.trimEnd().split('\n')
    expect(firstCells(section('### The summary of `report`')).sort()).toEqual(allFields([lines.pop()!]))
    expect(firstCells(section('### The groups of `report`')).sort()).toEqual(allFields(lines))
  })

  it('has every field of a pruned ring, and of the summary of prune', async () => {
    const rings = join(directory, 'users')
    mkdirSync(join(rings, 'S-1-5-19.v1.ring'))
    const output = await mprtap('prune', directory, '--dry-run', '--json')
    rmSync(join(rings, 'S-1-5-19.v1.ring'), { recursive: true })
    const lines = output.trimEnd().split('\n')
    expect(firstCells(section('### The summary of `prune`')).sort()).toEqual(allFields([lines.pop()!]))
    expect(firstCells(section('### The rings of `prune`')).sort()).toEqual(allFields(lines))
  })

  it('links to pages that are there', () => {
    for (const name of ['cli.md', 'statistics.md']) {
      for (const [, target] of pageOf(name).matchAll(/\]\(([\w./-]+)\)/g)) expect(existsSync(join(ROOT, 'docs', target!))).toBe(true)
    }
  })
})

describe('docs/statistics.md', () => {
  const statistics = pageOf('statistics.md')

  it('has everything that operations are grouped by, and every field of a group', async () => {
    const tap = await openTap({ sources: [directory], from: 'oldest', statistics: true })
    await tap.drain()
    const [group] = tap.statistics('server')
    await tap.close()
    const { durationMs, ...plain } = group!
    const fields = [...Object.keys(plain), 'durationMs', ...Object.keys(durationMs!).map((name) => `durationMs.${name}`)]
    expect(firstCells(section('## What makes a group', statistics))).toEqual([...GROUPS, ...fields])
  })
})
