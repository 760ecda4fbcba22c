import { PassThrough } from 'node:stream'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { coloursFor } from '../../host/cli/output/colours.ts'
import { Screen } from '../../host/cli/output/screen.ts'
import { ActivityLog } from '../../host/cli/top/activity.ts'
import { afterKey, keysOf } from '../../host/cli/top/keys.ts'
import { type Choice, rowsOf, screenLines } from '../../host/cli/top/layout.ts'
import { notification, operation, TIME } from './events.ts'

const plain = coloursFor(new PassThrough(), {})
const choice: Choice = { view: 'servers', order: 'operations', filter: '', isTyping: false, isPaused: false, skipped: 0 }

function logOf(...servers: string[]): ActivityLog {
  const log = new ActivityLog()
  for (const [i, server] of servers.entries()) log.addOperation(operation({ id: `ab-${i}`, remoteName: `\\\\${server}\\x` }), TIME)
  return log
}
const shown = (log: ActivityLog) => ({ log, lost: 0, rings: 1, now: TIME + 5_000, utc: false })

describe('the screen of top', () => {
  it.each([
    [80, 24],
    [40, 8],
    [20, 3],
    [200, 60],
  ])('has at most %i columns and exactly %i lines, whatever the names are', (width, height) => {
    const log = logOf(...Array.from({ length: 80 }, (_, i) => `${'共有'.repeat(30)}${i}`), '\x1b[2J\u202e')
    log.addBeginning(notification({ id: 'ab-1000', remoteName: `\\\\${'x'.repeat(500)}`, time: TIME }))
    const lines = screenLines(shown(log), choice, width, height, plain)
    expect(lines.length).toBe(height)
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width)
    expect(lines.join('')).not.toContain('\x1b')
  })

  it('has the ages of what is in flight, the oldest first, until it ends', () => {
    const log = new ActivityLog()
    log.addBeginning(notification({ id: 'ab-2', localName: 'N:', time: TIME }))
    log.addBeginning(notification({ id: 'ab-1', localName: 'O:', time: TIME - 60_000 }))
    const inFlight = () => screenLines(shown(log), choice, 100, 24, plain).filter((line) => / -> /.test(line))
    expect(inFlight().map((line) => line.slice(0, 24).trim())).toEqual(
      ['65.0 s    add     O: ->', '5.0 s     add     N: ->'].map((text) => expect.stringContaining(text.slice(0, 14))),
    )
    log.addOperation(operation({ id: 'ab-1' }), TIME)
    expect(inFlight().length).toBe(1)
  })

  it('forgets a beginning whose end was read first', () => {
    const log = new ActivityLog()
    log.addOperation(operation({ id: 'ab-1' }), TIME)
    log.addBeginning(notification({ id: 'ab-1' }))
    expect(log.inFlight()).toEqual([])
  })

  it('tells at most 5,000 names apart', () => {
    const log = logOf(...Array.from({ length: 5_100 }, (_, i) => `s${i}`))
    expect(rowsOf(log, choice)[0]).toMatchObject({ key: '(others)', operations: 100 })
    expect(log.activities('servers').length).toBe(5_001)
  })

  it('counts the operations of the last whole seconds', () => {
    const log = new ActivityLog()
    for (let i = 0; i < 30; i++) log.addOperation(operation({ id: `ab-${i}` }), TIME - (TIME % 1_000) + 500)
    expect(log.rate(10, TIME - (TIME % 1_000) + 1_000)).toBe(3)
    expect(log.rate(10, TIME + 60_000)).toBe(0)
  })
})

describe('the keys of top', () => {
  const press = (keys: string, from = choice) =>
    keysOf(keys).reduce<Choice | 'quit'>((at, key) => (at === 'quit' ? at : afterKey(key, at, 10)), from)

  it.each([
    ['s', { order: 'failed' }],
    ['sssss', { order: 'operations' }],
    ['v', { view: 'users' }],
    ['\t\t', { view: 'errors' }],
    ['ffs01\r', { filter: 'fs01', isTyping: false }],
    ['/fs01\x7f\r', { filter: 'fs0' }],
    ['fq\r', { filter: 'q' }],
    ['ffs01\x1b', { filter: '', isTyping: false }],
    ['p', { isPaused: true }],
    ['\x1b[B\x1b[B\x1b[A', { skipped: 1 }],
    ['\x1b[6~', { skipped: 10 }],
    ['\x1b[A', { skipped: 0 }],
    ['x\x1b[99;5u', choice],
  ])('%j', (keys, expected) => {
    expect(press(keys)).toMatchObject(expected)
  })

  it.each(['q', '\x03', 'f\x03'])('%j quits', (keys) => {
    expect(press(keys)).toBe('quit')
  })
})

describe('a screen', () => {
  it('writes only lines that have changed, within one frame, and gives the terminal back once', () => {
    const written: string[] = []
    const screen = new Screen((text) => written.push(text))
    screen.open()
    screen.draw(['a', 'b'])
    screen.draw(['a', 'c'])
    screen.draw(['a', 'c'])
    screen.close()
    screen.close()
    expect(written.length).toBe(4)
    expect(written[2]).toBe('\x1b[?2026h\x1b[2;1Hc\x1b[0m\x1b[K\x1b[?2026l')
    expect(written[3]).toBe('\x1b[?25h\x1b[?1049l')
  })
})
