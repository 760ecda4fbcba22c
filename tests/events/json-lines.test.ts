// Lines of JSON are read by other people's parsers: the real ones are asked.

import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { operationJson } from '../../host/text/event-json.ts'
import { safeJson } from '../../host/text/safe-text.ts'
import { operation } from '../cli/events.ts'
import { exactJson } from './exact-json.ts'

const HOSTILE = [
  '\ud800',
  'a\udc00b',
  '\udfff\ud800',
  'ok \ud83d\ude00',
  '\\ud800 as text',
  '\u0000\u001b[2J\u2028',
  '\ufffd',
  'Ж',
  '"\\/',
  '\uffff\ufdd0',
]
const names = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...HOSTILE)).map((parts) => parts.join('')),
)
const JQ = ['jq', ['-c', '{remoteName, time}']] as const
const PYTHON = [
  'python3',
  [
    '-c',
    'import json,sys\nfor line in sys.stdin.buffer: v=json.loads(line.decode("utf-8")); print(json.dumps({"remoteName":v["remoteName"],"time":v["time"]}))',
  ],
] as const

describe('a line of JSON', () => {
  it.each([false, true])('gives every name back exactly, by the rule of the member `unpaired` (ascii: %s)', (ascii) => {
    fc.assert(
      fc.property(names, (name) => {
        const process = { ...operation().process, image: name }
        expect(exactJson(operationJson(operation({ remoteName: name, process }), { ascii }))).toMatchObject({ remoteName: name, process })
      }),
      { numRuns: 2000 },
    )
  })

  it('has no such member when it is not needed, and no lone surrogate ever', () => {
    fc.assert(
      fc.property(names, (name) => {
        const line = safeJson({ name, inner: [{ name }] })
        expect(line).not.toMatch(/\p{Cs}/u)
        expect(line.replace(/\\\\/g, '')).not.toMatch(/\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f])|(?<!\\ud[89ab][0-9a-f]{2})\\ud[c-f]/i)
        expect('unpaired' in JSON.parse(line)).toBe(/\p{Cs}/u.test(name))
      }),
      { numRuns: 2000 },
    )
  })

  it.each([JQ, PYTHON])('is read by %s, hostile names included', (program, args) => {
    const wanted = HOSTILE.map((remoteName) => operation({ remoteName, localName: remoteName }))
    const input = wanted.map((event) => operationJson(event)).join('\n')
    const read = execFileSync(program, args, { input, encoding: 'utf8' }).trim().split('\n')
    expect(read.map((line) => JSON.parse(line))).toEqual(
      wanted.map(({ remoteName, time }) => ({ remoteName: remoteName!.replace(/\p{Cs}/gu, '\ufffd'), time })),
    )
  })

  it('is ASCII when that is asked for, so that Windows PowerShell 5.1 reads it in any code page', () => {
    expect(safeJson({ name: 'Ж😀é' }, { ascii: true })).toBe('{"name":"\\u0416\\ud83d\\ude00\\u00e9"}')
  })
})
