import { PassThrough } from 'node:stream'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { coloursFor } from '../../host/cli/output/colours.ts'
import { formatNotification, formatOperation, type LineStyle } from '../../host/cli/output/format-operation.ts'
import { formatError } from '../../host/text/event-text.ts'
import { formatDuration, formatTime } from '../../host/text/time-text.ts'
import { notification, operation, TIME } from './events.ts'

const terminal = () => Object.assign(new PassThrough(), { isTTY: true })
const style = (width?: number, fields: Partial<LineStyle> = {}): LineStyle => ({
  colours: coloursFor(new PassThrough(), {}),
  width,
  utc: false,
  now: () => TIME + 1_000,
  ...fields,
})
/** As in a pipe. */
const plain = style()
const coloured = style(undefined, { colours: coloursFor(terminal(), {}) })

describe('the line of an operation', () => {
  it('has time, outcome, kind, local -> remote, process and its id, and duration', () => {
    expect(formatOperation(operation(), plain)).toMatch(
      /^2026-01-05 09:05:03\.007 {2}succeeded {3}add {5}P: {3}-> \\\\files01\\projects +38 ms {2}explorer\.exe 4711$/,
    )
  })

  it('names the user as soon as the name is known, escaped as all names are', () => {
    const named = (name: string | undefined) => formatOperation(operation(), { ...plain, nameOf: () => name })
    expect(named('CORP\\berger')).toMatch(/explorer\.exe 4711 {2}CORP\\berger$/)
    expect(named(undefined)).toMatch(/explorer\.exe 4711$/)
    expect(named('CORP\\\x1b[2J')).not.toContain('\x1b')
  })

  it('ends in the name of the error', () => {
    const error = { code: 53, name: 'ERROR_BAD_NETPATH' }
    expect(formatOperation(operation({ outcome: 'failed', status: 53, error, durationMs: 12_345 }), plain)).toMatch(
      / failed .* 12\.3 s {2}explorer\.exe 4711 +ERROR_BAD_NETPATH \(53\)$/,
    )
  })

  it.each([
    ['a connection without a device', { localName: undefined }, '-    -> \\\\files01\\projects'],
    ['an empty device name', { localName: '' }, '-    -> \\\\files01\\projects'],
    ['a cancel by device', { kind: 'cancel', remoteName: undefined }, 'P:  '],
    ['a cancel by remote name', { kind: 'cancel', localName: undefined }, '\\\\files01\\projects'],
    ['a cancel that names nothing', { kind: 'cancel', localName: undefined, remoteName: undefined }, '-  '],
    ['a name that was cut', { truncated: { remoteName: 400 } }, 'P:   -> \\\\files01\\projects…'],
    ['a name that could not be read to its end', { unreadable: ['localName'] }, 'P:…  -> \\\\files01\\projects'],
  ] as const)('shows %s', (_, fields, text) => {
    expect(formatOperation(operation(fields), plain)).toContain(`  ${text}`)
  })

  it('keeps its columns with names whose characters are two columns wide', () => {
    const names = ['\\\\files01\\projects', '\\\\сервер\\папка', '\\\\共有\\フォルダー', '\\\\srv\\공유', '\\\\srv\\🎉🎉']
    const columns = names.map((remoteName) => {
      const text = formatOperation(operation({ remoteName }), plain)
      return stringWidth(text.slice(0, text.indexOf('explorer.exe')))
    })
    expect(new Set(columns).size).toBe(1)
  })

  it('is one line without escape sequences, whatever the names', () => {
    const hostile = '\x1b[2J\r\n\u202eexe.\u2028\x9b'
    const process = { ...operation().process, image: hostile }
    const text = formatOperation(operation({ localName: hostile, remoteName: hostile, process }), plain)
    expect(text).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
    expect(text.split('<U+001B>').length - 1).toBe(3)
  })

  it('is the same with colours, once they are taken out again', () => {
    const failed = operation({ outcome: 'failed', error: { code: 67, name: 'ERROR_BAD_NET_NAME' } })
    const text = formatOperation(failed, coloured)
    expect(text).not.toBe(formatOperation(failed, plain))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences.
    expect(text.replace(/\x1b\[\d+m/g, '')).toBe(formatOperation(failed, plain))
  })
})

describe('a line on a terminal', () => {
  const failed = operation({
    outcome: 'failed',
    error: { code: 1219, name: 'ERROR_SESSION_CREDENTIAL_CONFLICT' },
    remoteName: `\\\\files01.corp.example\\${'departments'.repeat(8)}\\plans`,
    process: { ...operation().process, image: `${'long'.repeat(12)}.exe` },
    durationMs: 88_888_888_888,
  })
  const widths = [72, 80, 81, 99, 100, 110, 111, 120, 132, 160, 240, 400]

  it.each(widths)('takes no more than %i columns, whatever it has to say', (width) => {
    const events = [
      failed,
      operation(),
      operation({ time: 0, remoteName: '共有'.repeat(60) }),
      operation({ kind: 'cancel', localName: undefined }),
    ]
    for (const event of events) {
      for (const now of [() => TIME, () => TIME + 864e5]) {
        expect(stringWidth(formatOperation(event, style(width, { now })))).toBeLessThanOrEqual(width)
      }
    }
    if (width >= 72)
      expect(stringWidth(formatNotification(notification({ remoteName: 'x'.repeat(300) }), style(width)))).toBeLessThanOrEqual(width)
  })

  it.each([72, 80, 100, 120])(
    'keeps outcome, device, both ends of the name, duration and the number of the error at %i columns',
    (width) => {
      const text = formatOperation(failed, style(width))
      expect(text).toMatch(/^09:05:03/)
      expect(text).toMatch(/failed +add +P: +-> \\\\fi.*….*s +1029 d +.*1219 SESS/)
    },
  )

  it('gives the process first when there is no room for it beside an error, then the name of the error', () => {
    expect(formatOperation(failed, style(80))).not.toMatch(/long/)
    expect(formatOperation(failed, style(200))).toMatch(/longlong.*ERROR_SESSION_CREDENTIAL_CONFLICT \(1219\)$/)
  })

  it('has its date only when that is not today', () => {
    expect(formatOperation(operation(), style(160))).toMatch(/^09:05:03\.007 /)
    expect(formatOperation(operation(), style(160, { now: () => TIME + 864e5 }))).toMatch(/^2026-01-05 09:05:03\.007 /)
    expect(formatOperation(operation(), style(80, { now: () => TIME + 864e5 }))).toMatch(/^01-05 09:05:03 /)
  })

  it('can have its time in UTC', () => {
    const time = Date.UTC(2026, 0, 5, 23, 59, 59, 999)
    expect(formatOperation(operation({ time }), style(160, { utc: true, now: () => time }))).toMatch(/^23:59:59\.999Z /)
    expect(formatOperation(operation({ time }), style(160, { utc: true, now: () => time + 1 }))).toMatch(/^2026-01-05 23:59:59\.999Z /)
  })

  it('ends the isolates of names that it cuts', () => {
    const text = formatOperation(operation({ remoteName: `\\\\srv\\${'שיתוף'.repeat(20)}` }), style(80))
    expect(text.split('\u2068').length).toBe(text.split('\u2069').length)
    expect(text).toContain('\u2068')
  })
})

describe('the line of a notification', () => {
  it('has the phase instead of an outcome, and no duration', () => {
    expect(formatNotification(notification(), plain)).toMatch(
      /^2026-01-05 09:05:03\.007 {2}pre +add +P: {3}-> \\\\files01\\projects +explorer\.exe 4711$/,
    )
  })

  it('ends in the name of the error after a failure', () => {
    const error = { code: 1326, name: 'ERROR_LOGON_FAILURE' }
    expect(formatNotification(notification({ phase: 'post', status: 1326, error }), plain)).toMatch(
      / post .* ERROR_LOGON_FAILURE \(1326\)$/,
    )
  })
})

describe('its parts', () => {
  it.each([
    [undefined, '-'],
    [0, '0.0 ms'],
    [0.34, '0.3 ms'],
    [9.94, '9.9 ms'],
    [9.96, '10 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [12_345, '12.3 s'],
    [99_960, '1.7 min'],
    [183_600, '3.1 min'],
    [3_540_000, '59 min'],
    [5_970_000, '1.7 h'],
    [86_400_000, '24 h'],
    [172_800_000, '2.0 d'],
    [3_110_400_000, '36 d'],
  ])('a duration of %s ms reads %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text)
  })

  it('a time is local, and dashes where no clock can have shown it', () => {
    expect(formatTime(TIME)).toBe('09:05:03.007')
    expect(formatTime(TIME, { date: true })).toBe('2026-01-05 09:05:03.007')
    expect(formatTime(TIME, { date: true, short: true })).toBe('01-05 09:05:03')
    expect(formatTime(Date.UTC(2026, 0, 5, 8), { date: true, utc: true })).toBe('2026-01-05 08:00:00.000Z')
    expect(formatTime(1.8e18)).toBe('--:--:--.---')
    expect(formatTime(Number.NaN)).toBe('--:--:--.---')
  })

  it('an error without a name is its number, and large ones in hexadecimal too', () => {
    expect(formatError({ code: 4242, name: undefined })).toBe('error 4242')
    expect(formatError({ code: 0xc000006d, name: undefined })).toBe('error 3221225581 (0xc000006d)')
  })
})

describe('colours', () => {
  it.each([
    ['on a terminal', true, {}, true],
    ['in a pipe', false, {}, false],
    ['on a terminal that says it is dumb', true, { TERM: 'dumb' }, false],
    ['on a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['on a terminal with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['in a pipe with FORCE_COLOR', false, { FORCE_COLOR: '1' }, true],
    ['on a terminal with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false],
    ['with both: NO_COLOR wins', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['in a pipe under CI', false, { CI: 'true' }, false],
  ])('%s', (_, isTTY, env, expected) => {
    expect(coloursFor(Object.assign(new PassThrough(), { isTTY }), env).isColorSupported).toBe(expected)
  })
})
