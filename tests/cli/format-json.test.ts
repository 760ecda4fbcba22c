import { describe, expect, it } from 'vitest'
import { summaryJson, summaryText, Tally } from '../../host/cli/output/summary.ts'
import type { TapStats } from '../../host/model/account.ts'
import { notificationJson, operationJson } from '../../host/text/event-json.ts'
import { notification, operation, TIME } from './events.ts'

const error = { code: 53, name: 'ERROR_BAD_NETPATH' }

describe('the JSON of an operation', () => {
  it('has level, time and msg as pino has them, then every field of the operation that is defined', () => {
    const { process, ...fields } = JSON.parse(JSON.stringify(operation()))
    expect(JSON.parse(operationJson(operation()))).toEqual({
      level: 30,
      msg: 'add P: -> \\\\files01\\projects succeeded',
      ...fields,
      time: TIME,
      process,
    })
  })

  it.each([
    ['succeeded', 30],
    ['cancelled', 30],
    ['failed', 40],
    ['unfinished', 40],
  ] as const)('has a level: %s is %s', (outcome, level) => {
    expect(JSON.parse(operationJson(operation({ outcome })))).toMatchObject({ level, outcome })
  })

  it('says in msg what failed and why', () => {
    const text = operationJson(operation({ outcome: 'failed', status: 53, error }))
    expect(JSON.parse(text)).toMatchObject({ msg: 'add P: -> \\\\files01\\projects failed: ERROR_BAD_NETPATH (53)', error })
  })

  it('gives hostile names back exactly, from one line of harmless characters', () => {
    const remoteName = '\\\\a\\\x1b]0;x\x07\u202e\u2028\x9b\r\n\u{e0041}'
    const line = operationJson(operation({ remoteName }))
    expect(line).toMatch(/^[ -~]+$/)
    expect(JSON.parse(line).remoteName).toBe(remoteName)
  })
})

describe('the JSON of a notification', () => {
  it('has phase, raw notify status and context', () => {
    const post = notification({ phase: 'post', notifyStatus: 2, status: 53, error, context: '0xd' })
    expect(JSON.parse(notificationJson(post))).toMatchObject({
      level: 40,
      type: 'notification',
      phase: 'post',
      notifyStatus: 2,
      status: 53,
      error,
      context: '0xd',
      msg: 'add post P: -> \\\\files01\\projects: ERROR_BAD_NETPATH (53)',
    })
  })

  it('has no status before the operation', () => {
    expect(JSON.parse(notificationJson(notification()))).not.toHaveProperty('status')
  })
})

describe('the totals', () => {
  const loss = { waiting: 0, lost: 3, overrun: 2, abandoned: 1, corrupt: 0, gaveUp: 0, faults: 0, unread: 0 }
  const stats = { operations: 9, succeeded: 5, failed: 2, cancelled: 1, unfinished: 1, notifications: 17, ...loss } as TapStats

  it('count what was shown, and take notifications and loss from the tap', () => {
    const tally = new Tally()
    for (const outcome of ['succeeded', 'succeeded', 'failed', 'cancelled', 'unfinished'] as const) tally.add(operation({ outcome }))
    expect(tally.shown).toBe(5)
    const summary = tally.summary('operation', stats)
    expect(summary).toEqual({ operations: 5, succeeded: 2, failed: 1, cancelled: 1, unfinished: 1, notifications: 17, ...loss })
    expect(summaryText(summary)).toBe('5 operations: 2 succeeded, 1 failed, 1 cancelled, 1 unfinished; 17 notifications, 3 lost')
  })

  it('of notifications take the operations from the tap', () => {
    const tally = new Tally()
    tally.add(notification())
    tally.add(notification())
    expect(tally.summary('notification', stats)).toMatchObject({ operations: 9, notifications: 2, lost: 3 })
  })

  it('are zero when no tap was ever opened', () => {
    expect(Object.values(new Tally().summary('operation', undefined)).filter((value) => value !== 0)).toEqual([])
  })

  it('are a warning in JSON when something was lost', () => {
    const summary = new Tally().summary('operation', stats)
    expect(JSON.parse(summaryJson(summary, 5))).toMatchObject({
      level: 40,
      time: 5,
      type: 'summary',
      msg: summaryText(summary),
      ...summary,
    })
    expect(JSON.parse(summaryJson({ ...summary, lost: 0 }, 5)).level).toBe(30)
    for (const missing of [{ gaveUp: 1 }, { faults: 1 }, { unread: 1 }])
      expect(JSON.parse(summaryJson({ ...summary, lost: 0, ...missing }, 5)).level).toBe(40)
  })

  it('say what else is missing: what programs could not record, sources that could not be read, operations whose end has not come', () => {
    const summary = new Tally().summary('operation', { ...stats, gaveUp: 2, faults: 1, unread: 1, waiting: 22 })
    expect(summaryText(summary)).toMatch(/, 3 lost, 3 not recorded by their programs, 1 source not read, 22 still waiting for an end$/)
  })
})
