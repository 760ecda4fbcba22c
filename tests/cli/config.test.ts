// Options from a configuration file: they do what the command line would do, which wins; what is wrong is said with file and place.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addServiceOptions, withConfiguration } from '../../host/cli/config-file.ts'
import type { Verb } from '../../host/cli/verb.ts'
import { VERBS } from '../../host/cli/verbs.ts'
import { writeRings } from '../../host/testing/index.ts'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { mprtap } from './command.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-config-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const verb = {
  define: (command: Command) =>
    void addServiceOptions(command)
      .argument('[source...]')
      .option('--json', '')
      .option('--count <n>', '')
      .option('--user <sid>', '', (text: string, before: string[] = []) => [...before, text])
      .option('--token-file <path>', '')
      .addOption(new Option('--from <where>').choices(['now', 'oldest']))
      .addOption(new Option('--consumer <name>').conflicts('from')),
} as unknown as Verb<never, never>

function file(content: unknown): string {
  const path = join(folder, `${Math.random()}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const words = async (content: unknown, ...given: string[]) => {
  const path = file(content)
  return (await withConfiguration('watch', verb, ['watch', 'serve'], [...given, '--config', path])).filter(
    (word) => word !== '--config' && word !== path,
  )
}

describe('a configuration file', () => {
  it('says what the command line would say', async () => {
    const content = { watch: { json: true, count: 3, user: ['S-1', 'S-2'], tokenFile: '-x', sources: ['a', 'b'] }, serve: { port: 1 } }
    expect(await words(content)).toEqual(['--json', '--count=3', '--user=S-1', '--user=S-2', '--token-file=-x', 'a', 'b'])
  })

  it.each([
    ['an option', { count: 3, json: true }, ['--count', '5'], ['--json', '--count', '5']],
    ['a list', { user: ['S-1', 'S-2'] }, ['--user', 'S-9'], ['--user', 'S-9']],
    ['the sources', { sources: ['a'] }, ['b'], ['b']],
    ['an option that excludes one of the file', { consumer: 'audit' }, ['--from', 'oldest'], ['--from', 'oldest']],
    ['an option that one of the file excludes', { from: 'now' }, ['--consumer', 'audit'], ['--consumer', 'audit']],
    ['nothing: what is switched off in the file stays off', { json: false }, [], []],
  ])('gives way to the command line: %s', async (_, section, given, expected) => {
    expect(await words({ watch: section }, ...given)).toEqual(expected)
  })

  it('need not have a section for the verb, and may begin with a byte order mark', async () => {
    expect(await words({ serve: {} })).toEqual([])
    expect(await words('\ufeff{ "watch": { "json": true } }')).toEqual(['--json'])
    expect(await words({ $schema: 'https://example.com/x', watch: {} })).toEqual([])
  })

  it.each([
    ['no JSON', '{ "watch": ', /is not JSON/],
    ['no object', '[]', /is not an object with a section for each verb/],
    ['a section that is none', { watch: 3 }, /something else than an object under "watch"/],
    ['a section for no verb', { wacth: {} }, /has a section "wacth", which is not a verb of mprtap; did you mean "watch"/],
    ['an unknown option', { watch: { jsn: true } }, /has "jsn" under "watch", which "mprtap watch" does not know; did you mean "json"\?/],
    ['a secret', { watch: { password: 'x' } }, /Secrets never stand in it/],
    ['a file within the file', { watch: { config: 'x' } }, /has "config" under "watch"/],
    ['a prototype', '{ "watch": { "__proto__": { "json": true } } }', /has "__proto__" under "watch"/],
    ['a text for a switch', { watch: { json: 'yes' } }, /has "yes" at watch\.json; it must be true or false/],
    ['an object for a text', { watch: { count: {} } }, /at watch\.count; it must be a text or a number/],
    ['no value', { watch: { count: null } }, /at watch\.count/],
    ['an empty list', { watch: { user: [] } }, /at watch\.user/],
    ['a source that is an option', { watch: { sources: ['--json'] } }, /at watch\.sources; it must be a list of paths/],
    ['sources that are no list', { watch: { sources: 'a' } }, /at watch\.sources/],
  ])('with %s is refused, and named', async (_, content, message) => {
    await expect(words(content)).rejects.toThrow(message)
    await expect(words(content)).rejects.toThrow(folder)
  })

  it('that is missing, a folder, a FIFO, or too large is refused without waiting', async () => {
    const at = (path: string) => withConfiguration('watch', verb, ['watch', 'serve'], ['--config', path])
    await expect(at(join(folder, 'nowhere'))).rejects.toThrow(/cannot be read \(ENOENT\)/)
    mkdirSync(join(folder, 'folder'))
    await expect(at(join(folder, 'folder'))).rejects.toThrow(/is not a plain file/)
    execFileSync('mkfifo', [join(folder, 'fifo')])
    await expect(at(join(folder, 'fifo'))).rejects.toThrow(/is not a plain file/)
    await expect(at(file(' '.repeat(2 ** 20 + 1)))).rejects.toThrow(/has more than 1048576 bytes/)
  })
})

it('the command takes its options from it, and judges them as its own', async () => {
  const rings = join(folder, 'rings')
  writeRings(rings, { seed: 3, operations: 50, users: 1 })
  const good = mprtap('watch', '--config', file({ watch: { json: true, from: 'oldest', count: 3, sources: [rings] } }))
  expect(await good.ended()).toBe(0)
  expect(good.objects.map(({ type }) => type)).toEqual(['operation', 'operation', 'operation', 'summary'])
  const bad = mprtap('watch', '--config', file({ watch: { count: 'many' } }))
  expect([await bad.ended(), bad.stderr]).toEqual([2, expect.stringMatching(/--count.*many/)])
  const unknown = mprtap('watch', '--config', file({ watch: { cuont: 3 } }))
  expect([await unknown.ended(), unknown.stderr]).toEqual([2, expect.stringMatching(/did you mean "count"\?/)])
  const log = mprtap('watch', '--event-log', '--duration', '1', rings)
  expect([await log.ended(), log.stderr]).toEqual([2, expect.stringMatching(/--event-log works on Windows only/)])
})

it('docs/schema/config.json has every option of every verb that takes a file', async () => {
  const properties: Record<string, unknown> = { $schema: { type: 'string' } }
  for (const { name, load } of VERBS) {
    const command = new Command()
    ;(await load()).define(command)
    if (!command.options.some(({ long }) => long === '--config')) continue
    const section: Record<string, unknown> = {}
    if (command.registeredArguments.some(({ variadic }) => variadic)) section.sources = { type: 'array', items: { type: 'string' } }
    for (const option of command.options) {
      if (option.long === '--config') continue
      const { description } = option
      if (!option.required) section[option.attributeName()] = { description, type: 'boolean' }
      else if (option.argChoices) section[option.attributeName()] = { description, enum: option.argChoices }
      else section[option.attributeName()] = { description, type: ['string', 'number', 'array'], items: { type: ['string', 'number'] } }
    }
    properties[name] = { type: 'object', additionalProperties: false, properties: section }
  }
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of mprtap, for --config: a section for each verb',
    type: 'object',
    additionalProperties: false,
    properties,
  }
  const path = inRoot('docs/schema/config.json')
  if (process.env.MPRTAP_WRITE_SCHEMA) writeFileSync(path, JSON.stringify(schema, null, 2))
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(schema)
})
