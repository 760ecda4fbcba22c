// What became of a letter, a share, a server, a user, a program.
import { describe, expect, it } from 'vitest'
import { HistoryCollector, rowsAt } from '../../host/analysis/history.ts'
import { parseHistorySubject } from '../../host/analysis/history-subject.ts'
import type { OperationRow } from '../../host/analysis/operation-row.ts'
import { cancel, row, T0 } from './rows.ts'

function historyOf(subject: string, rows: readonly OperationRow[]) {
  const collector = new HistoryCollector(parseHistorySubject(subject))
  for (const each of rows) collector.add(each)
  return collector.finish()
}

describe('the history of a drive letter', () => {
  it('says from when to when it was mapped, and who removed it', () => {
    const add = row(0, { localName: 'Z:' })
    const remove = cancel(60_000, { localName: 'z:', image: 'cleanup.exe' })
    expect(historyOf('Z:', [add, remove]).rows).toEqual([
      { type: 'mapped', from: T0 + 10, to: T0 + 60_010, end: 'cancelled', by: add, endedBy: remove, isRemembered: false, missing: 0 },
    ])
  })

  it('keeps failed attempts, in the order of time', () => {
    const rows = [row(0, { status: 53 }), row(1000), cancel(2000, { status: 2401 }), row(3000, { localName: 'X:' })]
    expect(historyOf('h:', rows).rows.map(({ type }) => type)).toEqual(['attempt', 'mapped', 'attempt'])
  })

  it('keeps the letters of two logon sessions apart', () => {
    const rows = [row(0), row(1, { logonId: '0x2' }), cancel(5, { logonId: '0x2' })]
    expect(historyOf('H:', rows).rows.map((each) => each.type === 'mapped' && each.end)).toEqual(['open', 'cancelled'])
  })

  it('says that a mapping ended unseen when the letter is mapped again', () => {
    const rows = [row(0), row(1000, { remoteName: '\\\\fs02\\other' })]
    expect(historyOf('H:', rows).rows.map((each) => each.type === 'mapped' && each.end)).toEqual(['replaced', 'open'])
  })

  it('says that something was removed that nobody was seen to map', () => {
    expect(historyOf('H:', [cancel(0)]).rows).toMatchObject([{ type: 'removed', at: T0 + 10 }])
  })

  it('marks a mapping that Windows restores at the next logon', () => {
    expect(historyOf('H:', [row(0, { flags: 1 })]).rows).toMatchObject([{ isRemembered: true }])
  })

  it('has a stretch of which nothing is known where records are missing, and says so of a mapping that may have ended in it', () => {
    const collector = new HistoryCollector(parseHistorySubject('H:'))
    const [before, after] = [row(0, { id: 'aa-1' }), row(500, { id: 'aa-9', localName: 'X:' })]
    collector.add(before)
    collector.addLoss({ user: before.user, first: 2, count: 4 })
    collector.add(after)
    expect(collector.finish().rows).toMatchObject([
      { type: 'unknown', from: T0, to: T0 + 500, records: 4, user: before.user },
      { type: 'mapped', end: 'open', missing: 4 },
    ])
  })

  it('leaves out what is missing of other users when it is about one', () => {
    const collector = new HistoryCollector(parseHistorySubject('S-1-5-18'))
    collector.addLoss({ user: 'S-1-5-19', first: 2, count: 4 })
    expect(collector.finish().rows).toEqual([])
  })
})

describe('what Windows restores at logon', () => {
  const remembered = row(0, { flags: 1, remoteName: '\\\\fs01\\old' })
  const nextDay = { logonId: '0x99', sessionId: 3 }

  it('is told as probably restored when a later session removes what was remembered', () => {
    const seen = row(86_400_000, { ...nextDay, localName: 'X:' })
    const removed = cancel(86_460_000, nextDay)
    expect(historyOf('H:', [remembered, seen, removed]).rows[1]).toEqual({
      type: 'restored',
      from: T0 + 86_400_000,
      to: T0 + 86_460_010,
      by: remembered,
      endedBy: removed,
    })
  })

  it('belongs to the history of its server, although the cancel names the letter only', () => {
    expect(historyOf('fs01', [remembered, cancel(86_460_000, nextDay)]).rows.map(({ type }) => type)).toEqual(['mapped', 'restored'])
  })

  it('is not assumed when it was taken out of the profile, nor a second time in the same session', () => {
    const types = (...rows: OperationRow[]) => historyOf('H:', [remembered, ...rows]).rows.map(({ type }) => type)
    expect(types(cancel(1000, { flags: 1 }), cancel(86_460_000, nextDay))).toEqual(['mapped', 'removed'])
    expect(types(cancel(86_460_000, nextDay), cancel(86_470_000, nextDay))).toEqual(['mapped', 'restored', 'removed'])
  })
})

describe('what a snapshot saw', () => {
  const seen = {
    change: 'present' as const,
    time: T0 + 1000,
    user: row(0).user,
    sessionId: 2,
    logonId: '0x1f2e3',
    localName: 'H:',
    remoteName: '\\\\FS01\\home',
  }
  const withSnapshot = (before: readonly OperationRow[], after: readonly OperationRow[] = []) => {
    const collector = new HistoryCollector(parseHistorySubject('H:'))
    for (const each of before) collector.add(each)
    collector.addObserved(seen)
    for (const each of after) collector.add(each)
    return collector.finish().rows
  }

  it('is told where no record says it, until somebody removes it', () => {
    const removed = cancel(2000)
    expect(withSnapshot([], [removed])).toEqual([
      { type: 'observed', from: T0 + 1000, to: T0 + 2010, end: 'cancelled', mapping: seen, endedBy: removed },
    ])
  })

  it('is not told again where the records say it already', () => {
    expect(withSnapshot([row(0)]).map(({ type }) => type)).toEqual(['mapped'])
  })

  it('ends a mapping to another target, unseen', () => {
    expect(withSnapshot([row(0, { remoteName: '\\\\fs02\\x' })])).toMatchObject([
      { type: 'mapped', to: T0 + 1000, end: 'replaced', endedBy: undefined },
      { type: 'observed', end: 'open' },
    ])
  })

  it('no longer, ends a mapping unseen', () => {
    const collector = new HistoryCollector(parseHistorySubject('H:'))
    collector.add(row(0))
    collector.addObserved({ ...seen, change: 'went' })
    collector.addObserved({ ...seen, change: 'went' })
    expect(collector.finish().rows).toMatchObject([{ type: 'mapped', to: T0 + 1000, end: 'gone', endedBy: undefined }])
  })

  it('of another session does not touch this one’s letter', () => {
    const collector = new HistoryCollector(parseHistorySubject('H:'))
    collector.add(row(0, { remoteName: '\\\\fs02\\x' }))
    collector.addObserved({ ...seen, logonId: '0x2' })
    expect(collector.finish().rows).toMatchObject([{ type: 'mapped', end: 'open' }, { type: 'observed' }])
  })
})

describe('the history of a server', () => {
  it('has the end of a mapping although a cancel names the letter only', () => {
    expect(historyOf('FS01', [row(0), cancel(10)]).rows).toMatchObject([{ type: 'mapped', end: 'cancelled' }])
  })

  it('notices that another server takes the letter', () => {
    expect(historyOf('fs01', [row(0), row(10, { remoteName: '\\\\fs02\\x' })]).rows).toMatchObject([{ type: 'mapped', end: 'replaced' }])
  })
})

describe('at a time', () => {
  it('those mappings are there that had begun and not ended', () => {
    const history = historyOf('fs01', [row(0), row(100, { localName: 'S:' }), cancel(200)])
    const namesAt = (time: number) => rowsAt(history, T0 + time).map((each) => each.type === 'mapped' && each.by.localName)
    expect(namesAt(5)).toEqual([])
    expect(namesAt(150)).toEqual(['H:', 'S:'])
    expect(namesAt(210)).toEqual(['S:'])
  })

  it('what was removed later, and mapped by nobody, was there since the session was first seen', () => {
    const history = historyOf('H:', [row(100, { localName: 'X:' }), cancel(500)])
    expect(rowsAt(history, T0 + 50)).toEqual([])
    expect(rowsAt(history, T0 + 300)).toMatchObject([{ type: 'removed' }])
    expect(rowsAt(history, T0 + 600)).toEqual([])
  })
})

describe('what has a history', () => {
  it.each([
    ['Z:', { by: 'device', name: 'z:' }],
    ['LPT1', { by: 'device', name: 'lpt1' }],
    ['\\\\FS01\\Home\\x', { by: 'share', name: '\\\\fs01\\home' }],
    ['\\\\fs01', { by: 'server', name: 'fs01' }],
    ['//fs01/home', { by: 'share', name: '\\\\fs01\\home' }],
    ['nas21.corp.example', { by: 'server', name: 'nas21.corp.example' }],
    ['s-1-5-18', { by: 'user', name: 'S-1-5-18' }],
    ['net.exe', { by: 'image', name: 'net.exe' }],
    ['4711', { by: 'process', id: 4711 }],
    ['server:4711', { by: 'server', name: '4711' }],
    ['image:logon', { by: 'image', name: 'logon' }],
  ])('%s', (text, subject) => {
    expect(parseHistorySubject(text)).toEqual(subject)
  })

  it.each(['', 'server:', 'process:x'])('is not %j', (text) => {
    expect(() => parseHistorySubject(text)).toThrow(/has a history/)
  })
})
