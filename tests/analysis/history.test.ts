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
      { type: 'mapped', from: T0 + 10, to: T0 + 60_010, end: 'cancelled', by: add, endedBy: remove, isRemembered: false },
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

  it('has a stretch of which nothing is known where records are missing', () => {
    const collector = new HistoryCollector(parseHistorySubject('H:'))
    collector.add(row(0))
    collector.addLoss(T0 + 20, T0 + 30, 4)
    expect(collector.finish().rows[1]).toEqual({ type: 'unknown', from: T0 + 20, to: T0 + 30, records: 4 })
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
