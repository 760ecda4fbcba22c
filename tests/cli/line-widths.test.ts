// Whatever the width of the terminal and whatever the names: a line fits, and what matters most is there.
import pc from 'picocolors'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { formatNotification, formatOperation, type LineStyle } from '../../host/cli/output/format-operation.ts'
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
