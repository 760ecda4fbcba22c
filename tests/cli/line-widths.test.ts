// Whatever the width of the terminal and whatever the names: a line fits, and what matters most is there.
import pc from 'picocolors'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { formatNotification, formatOperation, type LineStyle } from '../../host/cli/output/format-operation.ts'
import { hanging } from '../../host/cli/output/wrap.ts'
import { safeText } from '../../host/text/safe-text.ts'
import { notification, operation } from './events.ts'

const WIDTHS = [40, 50, 60, 72, 80, 100, 120, 132, 200]
const NAMES = {
  short: '\\\\fs01\\home',
  long: `\\\\fileserver-with-a-long-name.corp.example.com\\${'departments\\'.repeat(20)}reports`,
  'in columns of two': '\\\\ファイルサーバー01\\共有フォルダー\\東京営業部の資料と議事録',
  'from right to left': '\\\\שרת-הקבצים\\תיקיה משותפת\\מסמכים של המחלקה',
  'with what is escaped': '\\\\fs01\\a\u202eb\u001b[31mc',
}
const PROGRAMS = ['explorer.exe', 'a-program-with-a-name-that-is-rather-long.exe']
const ERRORS = [
  { code: 53, name: 'ERROR_BAD_NETPATH' },
  { code: 1219, name: 'ERROR_SESSION_CREDENTIAL_CONFLICT' },
  { code: 0xc000006d, name: undefined },
]
const TIMES = { today: Date.UTC(2026, 4, 23, 18), 'another day': Date.UTC(2026, 4, 20, 18) }

const styleOf = (width: number, isColoured: boolean): LineStyle => ({
  colours: pc.createColors(isColoured),
  width,
  utc: true,
  now: () => TIMES.today,
})

describe.each(WIDTHS)('at %d columns', (width) => {
  it.each(Object.entries(NAMES))('a name that is %s', (_, remoteName) => {
    for (const image of PROGRAMS) {
      for (const time of Object.values(TIMES)) {
        const common = { remoteName, localName: 'Z:', time, process: { ...operation().process, image } }
        for (const isColoured of [false, true]) {
          const style = styleOf(width, isColoured)
          const good = formatOperation(operation({ ...common, durationMs: 3 * 86_400_000 }), style)
          expect(stringWidth(good)).toBeLessThanOrEqual(width)
          if (width >= 60) expect(good).toContain('3.0 d')
          expect(stringWidth(formatNotification(notification(common), style))).toBeLessThanOrEqual(width)
          for (const error of ERRORS) {
            const line = formatOperation(operation({ ...common, outcome: 'failed', status: error.code, error: error as never }), style)
            expect(stringWidth(line)).toBeLessThanOrEqual(width)
            // Ten digits leave no room for a name on the narrowest ones.
            if (width >= (error.code > 9999 ? 80 : 60)) expect(line).toContain(String(error.code))
          }
        }
      }
    }
  })
})

describe.each(WIDTHS)('a row of a history at %d columns', (width) => {
  const time = '2026-01-05 08:00:00  '

  it.each(Object.entries(NAMES))('that has a name that is %s', (_, remoteName) => {
    const row = `mapped    Z: -> ${remoteName} by explorer.exe 4711 (S-1-5-21-1004336348-1177238915-682003330-1001, session 3); nothing says that it ended`
    const lines = hanging(time + row, width, time.length)
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width)
    expect(lines[0]).toContain('2026-01-05')
    const words = lines.join(' ').replaceAll(/\s+/g, ' ')
    for (const word of ['Z: ->', 'explorer.exe 4711', 'session 3);', 'nothing says that it ended']) expect(words).toContain(word)
    // Nothing of it is taken out where it fits.
    if (stringWidth(remoteName) < width / 2) expect(words).toContain(remoteName)
  })
})

it('a row of a history stays one line where no terminal is', () =>
  expect(hanging('a'.repeat(500), undefined, 21)).toEqual(['a'.repeat(500)]))

it.each([20, 40, 60, 80])('a right-to-left name with blanks stands whole, or cut, on one line of %i columns', (width) => {
  const name = safeText('\\\\fs01\\مجلد مشترك جديد للعمل\\sub')
  for (const line of hanging(
    `2026-01-05 08:00:00  mapped    P: -> ${name} by net.exe 4711 (someone, session 2); nothing says that it ended`,
    width,
    21,
  )) {
    expect(line.split('\u2068').length).toBe(line.split('\u2069').length)
    expect(stringWidth(line)).toBeLessThanOrEqual(width)
  }
})
