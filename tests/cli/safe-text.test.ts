import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeJson, safeText } from '../../host/text/safe-text.ts'
import { exactJson } from '../events/exact-json.ts'

const code = (point: number) => String.fromCodePoint(point)
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const hex = (point: number) => point.toString(16).toUpperCase().padStart(4, '0')

const DANGEROUS: [string, number[]][] = [
  ['C0 controls, line ends and ESC among them', range(0x00, 0x1f)],
  ['DEL', [0x7f]],
  ['C1 controls, the one-character CSI and OSC among them', range(0x80, 0x9f)],
  ['line and paragraph separators', [0x2028, 0x2029]],
  ['bidirectional embeddings and overrides', range(0x202a, 0x202e)],
  ['bidirectional isolates', range(0x2066, 0x2069)],
  ['bidirectional marks', [0x200e, 0x200f, 0x061c]],
  ['zero-width characters', [0x200b, 0x200c, 0x200d, 0x2060, 0xfeff, 0x00ad, 0x034f, 0x180e]],
  ['invisible operators', range(0x2061, 0x2064)],
  ['deprecated format characters', range(0x206a, 0x206f)],
  ['interlinear annotation', range(0xfff9, 0xfffb)],
  ['fillers that show nothing', [0x115f, 0x1160, 0x3164, 0xffa0]],
  ['variation selectors', [0xfe00, 0xfe0f, 0xe0100, 0xe01ef]],
  ['tags', [0xe0001, ...range(0xe0020, 0xe007f)]],
  ['lone surrogates', [0xd800, 0xdbff, 0xdc00, 0xdfff]],
  ['private use', [0xe000, 0xf8ff, 0xf0000, 0x10fffd]],
  ['no characters at all', [0xfffe, 0xffff, 0x10ffff]],
]

const LOOK_ALIKES: [string, number[]][] = [
  ['blanks of other widths', [0x00a0, 0x1680, ...range(0x2000, 0x200a), 0x202f, 0x205f, 0x3000]],
  ['symbols that are blank', [0x2800, 0x1d159]],
  ['symbols that draw frames and tables', [0x2500, 0x2502, 0x2588, 0x25a0]],
]

describe('text for a terminal', () => {
  it.each(DANGEROUS)('shows %s as escapes, wherever they stand', (_, points) => {
    for (const point of points) {
      expect(safeText(code(point))).toBe(`<U+${hex(point)}>`)
      expect(safeText(`\\\\srv\\a${code(point)}b`)).toBe(`\\\\srv\\a<U+${hex(point)}>b`)
    }
  })

  it.each(LOOK_ALIKES)('shows %s as escapes, and leaves the ordinary blank', (_, points) => {
    for (const point of points) expect(safeText(`a ${code(point)}b c`)).toBe(`a <U+${hex(point)}>b c`)
  })

  it('isolates the parts of a path that run from right to left, so that server and share keep their places', () => {
    expect(safeText('\\\\srv\\משאבי אנוש\\x')).toBe('\\\\srv\\\u2068משאבי אנוש\u2069\\x')
    expect(safeText('\\\\שרת\\مشترك')).toBe('\\\\\u2068שרת\u2069\\\u2068مشترك\u2069')
    expect(safeText('\u2069שרת')).toBe('\u2068<U+2069>שרת\u2069')
  })

  it('takes the teeth out of escape sequences', () => {
    expect(safeText('\x1b]0;title\x07\x1b[2J\x9b31m')).toBe('<U+001B>]0;title<U+0007><U+001B>[2J<U+009B>31m')
  })

  it.each([
    '\\\\files01\\Projects (2025)$',
    '\\\\café\\Ærøskøbing',
    '\\\\сервер\\共有フォルダー',
    '\\\\srv\\공유 자료',
    'party 🎉',
    'e\u0301',
    'ที่นี่',
    'हिन्दी',
    '',
  ])('leaves %j as it is', (text) => {
    expect(safeText(text)).toBe(text)
  })

  it('escapes combining marks that would join the column before, or pile up', () => {
    expect(safeText('\u0301a')).toBe('<U+0301>a')
    expect(safeText('\\\\srv\\\u0338\u0301a /\u0301 -\u20dd')).toBe('\\\\srv\\<U+0338><U+0301>a /<U+0301> -<U+20DD>')
    expect(safeText(`a${'\u0301'.repeat(6)}`)).toBe(`a${'\u0301'.repeat(4)}<U+0301><U+0301>`)
  })

  it('cannot be faked: different names never look the same', () => {
    expect(safeText('<U+202E>')).toBe('<U+003C>U+202E>')
    expect(safeText('a<b')).toBe('a<b')
    const unit = fc.constantFrom('<', 'U', '+', '2', '0', 'E', '>', '\u202e', '\x1b', '\ud800', 'a')
    const name = fc.array(unit, { maxLength: 12 }).map((units) => units.join(''))
    fc.assert(fc.property(name, name, (a, b) => a === b || safeText(a) !== safeText(b)))
  })

  it('never lets a control, format or separator character through, whatever the units', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
    fc.assert(
      fc.property(units, (values) => {
        const text = safeText(String.fromCharCode(...values)).replace(/\u2068([^\u2068\u2069]*)\u2069/g, '$1')
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('JSON for a terminal', () => {
  it.each(DANGEROUS)('has %s as escapes and gives them back exactly', (_, points) => {
    for (const point of points) {
      const line = safeJson({ name: `a${code(point)}b` })
      expect(line).toMatch(/^[ -~\ufffd]*$/)
      expect(exactJson(line)).toEqual({ name: `a${code(point)}b` })
    }
  })

  it('leaves readable text readable', () => {
    expect(safeJson({ name: '\\\\café\\共有' })).toBe('{"name":"\\\\\\\\café\\\\共有"}')
  })

  it('gives any units back exactly, on one line', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
    fc.assert(
      fc.property(units, (values) => {
        const name = String.fromCharCode(...values)
        expect(exactJson(safeJson({ name }))).toEqual({ name })
        expect(safeJson({ name })).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      }),
      { numRuns: 2_000 },
    )
  })
})
