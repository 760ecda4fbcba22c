// Names of accounts in filters: looked up when the filter is opened, once each; a name that nobody knows is an error, never a filter that matches nothing.

import { describe, expect, it } from 'vitest'
import { withSids } from '../../host/filter/accounts.ts'
import { parseFilter } from '../../host/filter/parser.ts'
import { any, field, openTap } from '../../host/index.ts'

const KNOWN: Readonly<Record<string, string>> = {
  'CORP\\berger': 'S-1-5-21-1',
  'weber@corp.example': 'S-1-5-21-2',
  Administrators: 'S-1-5-32-544',
}

async function resolved(text: string, answer: 'late' | 'nobody' | undefined = undefined) {
  const asked: string[] = []
  const find = async (name: string) => {
    asked.push(name)
    return KNOWN[name] ?? answer
  }
  return { expression: await withSids(parseFilter(text, 'operation'), find), asked }
}

describe('an account in a filter', () => {
  it.each([
    [String.raw`user == "CORP\berger"`, 'user == "S-1-5-21-1"'],
    ['user != "weber@corp.example"', 'user != "S-1-5-21-2"'],
    [String.raw`user in {"CORP\berger", "S-1-5-18", "Administrators"}`, 'user in {"S-1-5-21-1", "S-1-5-18", "S-1-5-32-544"}'],
    ['user glob "Administrators"', 'user glob "S-1-5-32-544"'],
    [
      String.raw`!(user == "CORP\berger" && durationMs > 2s) || kind == "add"`,
      '!(user == "S-1-5-21-1" && durationMs > 2s) || kind == "add"',
    ],
    ['user glob "*-1108" && user == "S-1-5-18" && user != ""', 'user glob "*-1108" && user == "S-1-5-18" && user != ""'],
    [String.raw`process.image == "CORP\berger"`, String.raw`process.image == "CORP\berger"`],
  ])('is what its SID is: %s', async (text, same) => {
    expect((await resolved(text)).expression).toEqual(parseFilter(same, 'operation'))
  })

  it('is looked up once, however often it stands there', async () => {
    expect((await resolved(String.raw`user == "CORP\berger" || user != "CORP\berger"`)).asked).toEqual(['CORP\\berger'])
  })

  it.each([
    [String.raw`user == "CORP\nobody"`, undefined, /^There is no account "CORP\\+nobody", or no domain controller/],
    ['user == "berger"', undefined, /^There is no account "berger"/],
    [String.raw`user == "CORP\slow"`, 'late', /has not found out in time who/],
    [String.raw`user == "CORP\x"`, 'nobody', /are looked up on Windows only\. Give the SID\./],
    [String.raw`user glob "CORP\*"`, undefined, /is a pattern of names/],
  ] as const)('that cannot be told is an error: %s', async (text, answer, message) => {
    await expect(resolved(text, answer)).rejects.toMatchObject({ code: 'MPRTAP_FILTER_SYNTAX', message: expect.stringMatching(message) })
  })

  it('is left as it is where nobody can be asked and it may be something else, such as a pseudonym', async () => {
    expect((await resolved('user == "user-7"', 'nobody')).expression).toEqual(parseFilter('user == "user-7"', 'operation'))
  })

  it('costs no more than so many look-ups', async () => {
    const many = any(...Array.from({ length: 65 }, (_, i) => field('user').equals(`CORP\\u${i}`)))
    await expect(withSids(many, async () => 'S-1-5-18')).rejects.toThrow(/names 65 accounts; 64 are allowed/)
  })
})

it('a tap says so when it is opened', async () => {
  await expect(openTap({ sources: ['/nowhere'], filter: field('user').equals('CORP\\berger') })).rejects.toMatchObject({
    code: 'MPRTAP_FILTER_SYNTAX',
  })
})
