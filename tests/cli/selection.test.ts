// The options that say which operations a verb is about, as filters: each lets through what its name says.
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addSelectionOptions, filterOf, type SelectionOptions } from '../../host/cli/selection.ts'
import type { Operation } from '../../host/model/events.ts'
import { matches } from '../host/reference-filter.ts'
import { operation } from './events.ts'

const NOW = Date.UTC(2026, 0, 5, 12)

function optionsOf(...args: string[]): SelectionOptions {
  const command = addSelectionOptions(new Command().exitOverride().configureOutput({ writeErr: () => {} }))
  return command.parse(args, { from: 'user' }).opts()
}
type Fields = { readonly [Field in keyof Operation]?: Operation[Field] }
const passes = (fields: Fields, ...args: string[]) => {
  const filter = filterOf(optionsOf(...args), NOW)
  return filter === undefined || matches(filter, operation(fields))
}

describe('without options', () => {
  it('there is no filter', () => expect(filterOf(optionsOf(), NOW)).toBeUndefined())
})

describe('--failed and --slow', () => {
  it('let failures through, and nothing that a person cancelled', () => {
    expect(passes({ outcome: 'failed' }, '--failed')).toBe(true)
    for (const outcome of ['succeeded', 'cancelled', 'unfinished'] as const) expect(passes({ outcome }, '--failed')).toBe(false)
  })

  it.each([
    ['2s', 2_000, 1_999],
    ['800ms', 800, 799.9],
    ['1.5m', 90_000, 89_999],
  ])('--slow %s lets %d ms through and %d ms not', (duration, slow, fast) => {
    expect([passes({ durationMs: slow }, '--slow', duration), passes({ durationMs: fast }, '--slow', duration)]).toEqual([true, false])
    expect(passes({ durationMs: undefined }, '--slow', duration)).toBe(false)
  })
})

describe('--server', () => {
  it.each([
    '\\\\fs01\\projects',
    '\\\\FS01\\projects\\deep\\path',
    '\\\\fs01',
    '\\\\fs01\\',
    '//fs01/projects',
    '\\\\?\\UNC\\fs01\\projects',
    '\\\\fs01@SSL\\DavWWWRoot\\x',
    '\\\\fs01@SSL@8443\\x',
    'http://fs01/x',
    'https://fs01:8443/x',
    'https://fs01',
  ])('fs01 lets %s through', (remoteName) => {
    expect(passes({ remoteName }, '--server', 'fs01')).toBe(true)
    expect(passes({ remoteName }, '--server', '\\\\fs01')).toBe(true)
    expect(passes({ remoteName }, '--server', 'other', '--server', 'f*1')).toBe(true)
  })

  it.each(['\\\\fs011\\projects', '\\\\xfs01\\projects', '\\\\other\\fs01', '\\\\fs01.corp.example\\x', '', undefined])(
    'fs01 does not let %s through',
    (remoteName) => {
      expect(passes({ remoteName }, '--server', 'fs01')).toBe(false)
    },
  )
})

describe('--user', () => {
  it('lets one of the users named through, also by a part of the SID', () => {
    const user = 'S-1-5-21-1-2-3-1108'
    expect(passes({ user }, '--user', user)).toBe(true)
    expect(passes({ user }, '--user', '*-1108')).toBe(true)
    expect(passes({ user }, '--user', 'S-1-5-18', '--user', user)).toBe(true)
    expect(passes({ user }, '--user', 'S-1-5-21-1-2-3-110')).toBe(false)
  })
})

describe('--since and --until', () => {
  it('are the beginning, which belongs to it, and the end, which does not', () => {
    const period = ['--since', '-2h', '--until', '2026-01-05T11:00:00Z']
    const hour = 3_600_000
    expect([-2 * hour - 1, -2 * hour, -hour - 1, -hour].map((ago) => passes({ time: NOW + ago }, ...period))).toEqual([
      false,
      true,
      true,
      false,
    ])
  })

  it('are refused when nothing lies between them', () => {
    expect(() => filterOf(optionsOf('--since', '-1h', '--until', '-2h'), NOW)).toThrow('--until -2h is not after --since -1h')
  })

  it('are local time, and UTC with --utc', () => {
    const time = Date.UTC(2026, 0, 5)
    expect(passes({ time }, '--utc', '--since', '2026-01-05')).toBe(true)
    expect(passes({ time: time - 1 }, '--utc', '--since', '2026-01-05')).toBe(false)
    expect(passes({ time: new Date(2026, 0, 5).getTime() - 1 }, '--since', '2026-01-05')).toBe(false)
  })
})

describe('several options', () => {
  it('must all hold, --filter too', () => {
    const options = ['--failed', '--slow', '2s', '--filter', 'sessionId == 2']
    const slowFailure: Fields = { outcome: 'failed', durationMs: 5_000, sessionId: 2 }
    expect(passes(slowFailure, ...options)).toBe(true)
    for (const other of [{ outcome: 'succeeded' }, { durationMs: 5 }, { sessionId: 3 }] as Fields[])
      expect(passes({ ...slowFailure, ...other }, ...options)).toBe(false)
  })

  it('leave an "or" in --filter together', () => {
    expect(passes({ outcome: 'succeeded', sessionId: 2 }, '--failed', '--filter', 'sessionId == 3 || sessionId == 2')).toBe(false)
  })
})

describe('a wrong value', () => {
  it.each([
    ['--slow', '2', /Give a duration with its unit/],
    ['--slow', '-2s', /Give a duration/],
    ['--since', 'tomorrow', /Give a time such as -1h/],
    ['--user', '', /empty/],
    ['--server', '', /empty/],
  ])('of %s %j is refused', (option, value, text) => {
    expect(() => optionsOf(option, value)).toThrow(text)
  })
})
