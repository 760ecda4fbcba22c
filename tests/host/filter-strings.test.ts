import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LEVEL_OPERATION, OUTCOME_SUCCEEDED } from '../../assembly/abi.ts'
import { all, any, field, not } from '../../host/filter/builder.ts'
import { compileFilter } from '../../host/filter/compile.ts'
import type { FilterExpression } from '../../host/filter/expression.ts'
import { globs } from '../../host/filter/glob.ts'
import { parseFilter } from '../../host/filter/parser.ts'
import { fold, upperCaseTable } from '../../host/model/upper-case.ts'
import { cases } from '../sweeps.ts'
import { CoreDriver } from './core-driver.ts'
import { acceptedBy, eventsOf, keyOf, type Ring, ringOf } from './filter-rings.ts'
import { OTHER_SID, post, pre, SID } from './records.ts'
import { type Event, globMatches, matches } from './reference-filter.ts'

/** Whether the core keeps a record with this remote name. */
function keeps(filter: FilterExpression, remoteName: string | null): boolean {
  return acceptedBy([ringOf(SID, [pre({ remoteName })], 2)], 'notification', filter).keys.size === 1
}

const matchesGlob = (pattern: string, name: string) => keeps(field('remoteName').glob(pattern), name)

/** Which of these names, written in this order, the core keeps. */
function kept(rings: readonly Ring[], filter: FilterExpression) {
  return acceptedBy(rings, 'notification', filter)
}

describe('a glob folds case as upper case does, one UTF-16 unit to one unit', () => {
  it.each([
    ['\\\\FS01\\Projects', '\\\\fs01\\pRoJeCtS', 'Latin'],
    ['É', 'é', 'Latin-1'],
    ['Ÿ', 'ÿ', 'a one-byte letter whose upper case is two bytes long'],
    ['Łódź', 'łÓDŹ', 'Latin beyond Latin-1'],
    ['БУХГАЛТЕРИЯ', 'бухгалтерия', 'Cyrillic'],
    ['ΟΔΟΣ', 'οδος', 'Greek, the final sigma included'],
    ['οδοσ', 'οδος', 'both small sigmas'],
    ['ＡＢＣ', 'ａｂｃ', 'full-width letters'],
    ['I', 'ı', 'the dotless i, whose upper case is I'],
    ['i', 'ı', 'the dotless i, and therefore i'],
    ['s', 'ſ', 'the long s, whose upper case is S'],
    ['μ', 'µ', 'the micro sign, whose upper case is the Greek M'],
    ['ǆ', 'ǅ', 'title case'],
  ])('%s and %s are the same: %s', (one, other) => {
    expect([matchesGlob(one, other), matchesGlob(other, one)]).toEqual([true, true])
    expect([globs(one, other), globs(other, one)]).toEqual([true, true])
  })

  it.each([
    ['é', 'e', 'accents are no case'],
    ['é', 'e\u0301', 'nor is the form of composition'],
    ['İ', 'i', 'the dotted capital I is its own upper case'],
    ['ß', 'ss', 'ß has no upper case of one unit and stays'],
    ['ß', 'SS', 'ß stays'],
    ['ß', 'ẞ', 'ß stays, the capital ẞ too'],
    ['ﬁ', 'FI', 'ligatures stay'],
    ['ŉ', 'ʼN', 'letters with an upper case of two units stay'],
    ['\u1fb3', '\u1fbc', 'so does the small alpha with its iota beside'],
    ['\ud801\udc28', '\ud801\udc00', 'letters outside the basic plane are two units, and neither has a case'],
    ['Ａ', 'A', 'width is no case'],
    ['к', 'k', 'letters that only look alike'],
  ])('%s and %s differ: %s', (one, other) => {
    expect([matchesGlob(one, other), matchesGlob(other, one)]).toEqual([false, false])
    expect([globs(one, other), globs(other, one)]).toEqual([false, false])
  })

  it('ß, a lone surrogate and a pair match themselves', () => {
    for (const text of ['ß', '\ud800', '\udc00\ud800', '\ud83d\ude00', '\uffff']) expect(matchesGlob(text, text)).toBe(true)
    expect(matchesGlob('\ud800', '\ufffd')).toBe(false)
  })

  it('is stable: what is folded stays as it is when folded again', () => {
    const table = upperCaseTable()
    // Upper case of an upper case; without this, a name and itself in upper case could differ.
    expect([...table].filter((upper) => table[upper] !== upper)).toEqual([])
    expect(fold(fold('straße ŸﬁǅΣς'))).toBe(fold('straße ŸﬁǅΣς'))
  })
})

describe('the stars and question marks of a glob', () => {
  it.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['**', 'abc', true],
    ['?', '', false],
    ['?', 'a', true],
    ['?', '\ud83d\ude00', false],
    ['??', '\ud83d\ude00', true],
    ['a*', 'abc', true],
    ['*c', 'abc', true],
    ['a*c', 'ac', true],
    ['a?c', 'ac', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['*a*b*', 'xxbxxaxx', false],
    ['*aab', 'aaaab', true],
    ['a*b?c', 'abxbyc', true],
    ['*?', '', false],
    ['\\\\fs01\\*', '\\\\fs01\\', true],
    ['\\\\fs01\\*', '\\\\fs01', false],
    ['[ab]', 'a', false],
    ['a.c', 'abc', false],
    ['?*?', 'ab', true],
    ['*', '*', true],
    ['?', '*', true],
    ['a', '*', false],
  ])('%s, of %s: %s', (pattern, name, expected) => {
    expect([matchesGlob(pattern, name), globs(pattern, name), globMatches(pattern, name)]).toEqual([expected, expected, expected])
  })

  it('match in the core, and in TypeScript, as the reference says', () => {
    const unit = fc.constantFrom('a', 'A', 'b', 'é', 'É', 'Ж', '\ud83d', '*', '?')
    const text = fc.array(unit, { maxLength: 8 }).map((units) => units.join(''))
    fc.assert(
      fc.property(text, fc.uniqueArray(text, { minLength: 1, maxLength: 40 }), (pattern, names) => {
        const rings = [
          ringOf(
            SID,
            names.map((remoteName) => pre({ remoteName })),
            6,
          ),
        ]
        const expected = names.flatMap((name, i) => (globMatches(pattern, name) ? [`${SID} ${i}`] : []))
        expect([...kept(rings, field('remoteName').glob(pattern)).keys]).toEqual(expected)
        expect(names.flatMap((name, i) => (globs(pattern, name) ? [`${SID} ${i}`] : []))).toEqual(expected)
      }),
      { numRuns: cases(150) },
    )
  })

  it('end with their pattern, and do not run on into the one that is kept behind it', () => {
    // Patterns begin at multiples of eight units.
    const filter = any(field('remoteName').glob('*abcdefg'), field('remoteName').glob('abcdefgabc'))
    expect(keeps(filter, 'xabcdefgabcdefg')).toBe(true)
    expect(keeps(filter, 'xabcdefgabcdef')).toBe(false)
  })

  it('take a bounded time on the worst of patterns', () => {
    expect(matchesGlob(`${'*a'.repeat(512)}`, 'a'.repeat(350).concat('b'))).toBe(false)
    expect(globs('*a'.repeat(512), 'a'.repeat(350).concat('b'))).toBe(false)
  })
})

describe('== compares texts exactly', () => {
  it.each([
    ['\\\\fs01\\a', '\\\\FS01\\a', false],
    ['Ж', 'Ж', true],
    ['Ж', 'ж', false],
    ['\ud800', '\ud800', true],
    ['\ud800', '\ufffd', false],
    ['é', 'e\u0301', false],
    ['a', 'ab', false],
    ['ab', 'a', false],
    ['a*', 'ab', false],
    ['', '', true],
    ['ab', '扡', false],
  ])('%s, of %s: %s', (wanted, name, expected) => {
    expect(keeps(field('remoteName').equals(wanted), name)).toBe(expected)
    expect(keeps(field('remoteName').oneOf(['x', wanted]), name)).toBe(expected)
    expect(keeps(field('remoteName').differs(wanted), name)).toBe(!expected)
  })
})

describe('an absent name', () => {
  it('is not an empty one: no condition but a negated one holds of it', () => {
    const conditions = [
      field('remoteName').equals(''),
      field('remoteName').glob('*'),
      field('remoteName').present(),
      field('remoteName').oneOf(['']),
    ]
    expect(conditions.map((condition) => keeps(condition, ''))).toEqual([true, true, true, true])
    expect(conditions.map((condition) => keeps(condition, null))).toEqual([false, false, false, false])
    expect(conditions.map((condition) => keeps(not(condition), null))).toEqual([true, true, true, true])
    expect(keeps(field('remoteName').differs('x'), null)).toBe(true)
  })
})

describe('a device that is cancelled', () => {
  it('is no remote name, though a resource of that name has been refused', () => {
    const ring = ringOf(SID, [pre({ remoteName: 'F:' }), pre({ kind: 'cancel', remoteName: 'F:', localName: null })], 2)
    for (const filter of [
      not(field('remoteName').equals('F:')),
      all(field('remoteName').differs('F:'), field('kind').oneOf(['add', 'cancel'])),
    ])
      expect([...kept([ring], filter).keys]).toEqual([`${SID} 1`])
  })
})

describe('a name that was cut', () => {
  const long = `\\\\fs01\\${'x'.repeat(400)}end`

  it('in its POST only, for the letter that the system chose, is judged by its PRE', () => {
    const remoteName = '\\\\fs01\\'.padEnd(357, 'x').concat('end')
    const { writer } = ringOf(SID, [pre({ remoteName, localName: null }), post(0n, { remoteName, localName: 'P:' })], 2)
    const ends = field('remoteName').glob('*end')
    const outcomes = (filter: FilterExpression) => {
      const driver = new CoreDriver(LEVEL_OPERATION)
      driver.core.setFilter(compileFilter(filter))
      // Twice: at first what is thought of a name is not known yet.
      return [1, 2].map(() => {
        driver.open(0, writer.bytes)
        return [...driver.drain(0, writer.bytes), ...driver.expire(Number.POSITIVE_INFINITY)].map(({ outcome }) => outcome)
      })
    }
    expect(outcomes(ends)).toEqual([[OUTCOME_SUCCEEDED], [OUTCOME_SUCCEEDED]])
    expect(outcomes(not(ends))).toEqual([[], []])
  })

  it('is judged by what was stored of it', () => {
    expect(matchesGlob('\\\\FS01\\*', long)).toBe(true)
    expect(matchesGlob('*end', long)).toBe(false)
    expect(matchesGlob('*x', long)).toBe(true)
    expect(keeps(field('remoteName').equals(long), long)).toBe(false)
  })

  it('when wide, after half as many units', () => {
    const wide = `Ж${'x'.repeat(250)}`
    const { remoteName } = eventsOf([ringOf(SID, [pre({ remoteName: wide })], 2)], 'notification')[0]!
    expect(remoteName!.length).toBeLessThan(200)
    expect(keeps(field('remoteName').equals(remoteName!), wide)).toBe(true)
    expect(matchesGlob('ж*x', wide)).toBe(true)
  })
})

describe('a condition on a text among numbers', () => {
  it('is no rule of its own: it holds, and what it belongs to does not', () => {
    const filter = parseFilter('(flags == 1 || remoteName glob "z*" && flags == 0) && (remoteName glob "*b" || flags == 2)')
    expect(['zb', 'xb', 'zx'].map((name) => keeps(filter, name))).toEqual([true, false, false])
  })

  it('is another one for each text that it asks about', () => {
    const filter = parseFilter('(provider present || kind == add) && (remoteName == "a" || flags == 1) && (localName == "a" || flags == 1)')
    const records = ['a', 'b'].flatMap((remoteName) => ['a', 'b'].map((localName) => pre({ remoteName, localName })))
    expect([...kept([ringOf(SID, records, 2)], filter).keys]).toEqual([`${SID} 0`])
  })
})

describe('64-bit values', () => {
  it('are compared in both halves', () => {
    const records = [0x3e7n, 0x1_0000_03e7n, 0x1_0000_0000n].map((bits) => pre({ logonId: bits, context: bits }))
    for (const name of ['logonId', 'context'] as const) {
      const accepted = (filter: FilterExpression) => [...kept([ringOf(SID, records, 2)], filter).keys].map((key) => Number(key.slice(-1)))
      expect(accepted(field(name).equals('0x3e7'))).toEqual([0])
      expect(accepted(field(name).equals('0x1000003e7'))).toEqual([1])
      expect(accepted(field(name).differs('0x1000003e7'))).toEqual([0, 2])
      expect(accepted(field(name).oneOf(['0x3e7', '0x100000000']))).toEqual([0, 2])
    }
  })
})

describe('filters on user', () => {
  const records = Array.from({ length: 5 }, () => pre())
  const rings = [ringOf(SID, records, 4), ringOf('S-1-5-18', records, 4), ringOf(OTHER_SID, records, 4)]
  const users = (filter: FilterExpression) => [...new Set([...kept(rings, filter).keys].map((key) => key.split(' ')[0]))]

  it('tell the owners of several rings apart', () => {
    expect(users(field('user').equals('S-1-5-18'))).toEqual(['S-1-5-18'])
    expect(users(field('user').differs('S-1-5-18'))).toEqual([SID, OTHER_SID])
    expect(users(field('user').glob('s-1-5-21-*'))).toEqual([SID, OTHER_SID])
    expect(users(field('user').glob('*-2206'))).toEqual([OTHER_SID])
    expect(users(field('user').oneOf([SID, 'S-1-5-18']))).toEqual([SID, 'S-1-5-18'])
    expect(users(field('user').present())).toEqual([SID, 'S-1-5-18', OTHER_SID])
    expect(users(all(field('user').glob('*-1108'), field('remoteName').glob('*')))).toEqual([SID])
  })

  it('also when a record carries the SID as a name', () => {
    const named = [ringOf(SID, [pre({ remoteName: 'S-1-5-18' })], 2), ringOf('S-1-5-18', [pre({ remoteName: SID })], 2)]
    expect([...kept(named, field('user').equals('S-1-5-18')).keys]).toEqual(['S-1-5-18 0'])
    expect([...kept(named, field('remoteName').equals('S-1-5-18')).keys]).toEqual([`${SID} 0`])
    expect(kept(named, all(field('remoteName').equals('S-1-5-18'), field('user').equals('S-1-5-18'))).keys.size).toBe(0)
    expect(kept(named, all(field('remoteName').equals('S-1-5-18'), field('user').equals(SID))).keys.size).toBe(1)
  })
})

describe('verdicts on strings', () => {
  /** Some names all the time, most never again. */
  const names = (n: number, distinct: number) =>
    Array.from({ length: n }, (_, i) => (i % 7 === 0 ? `\\\\often\\${i % 5}` : `\\\\s${i % 3}\\share ${i % distinct}`))
  const images = ['a.exe', 'B.EXE', null, '', 'ж.exe', '\ud800']

  const check = (rings: readonly Ring[], filter: FilterExpression, holds = (event: Event) => matches(filter, event)) => {
    const events = eventsOf(rings, 'notification')
    const { keys, epochs } = kept(rings, filter)
    const wrong = events.filter((event) => keys.has(keyOf(event)) !== holds(event))
    expect(wrong.slice(0, 3)).toEqual([])
    expect(keys.size).toBeGreaterThan(100)
    expect(keys.size).toBeLessThan(events.length - 100)
    return epochs
  }

  it('end with the string ids they are about, when an epoch does', () => {
    // More than an epoch's strings in the first ring alone: its user is judged before and after.
    const first = names(45_000, 100_000).map((remoteName, i) => pre({ remoteName, imageName: images[i % images.length]! }))
    const other = names(32_768, 100_000).map((remoteName, i) =>
      pre({ remoteName: `${remoteName}!`, imageName: images[(i + 1) % images.length]! }),
    )
    const rings = [ringOf(SID, first, 16), ringOf(OTHER_SID, other, 15)]
    const filter = any(
      all(field('remoteName').glob('*7'), field('process.image').glob('?.EXE')),
      all(field('remoteName').glob('\\\\OFTEN\\?'), field('user').glob('*-1108'), not(field('process.image').present())),
      all(field('remoteName').glob('*9!'), field('process.image').equals(''), field('user').equals(OTHER_SID)),
    )
    expect(check(rings, filter)).toBeGreaterThanOrEqual(1)
  })

  it('are made anew when there are too many rules and strings to keep them all', () => {
    // 4,096 rules take 2.5 KiB a string: not even 2,500 strings fit, and here are 6,000.
    const rules = Array.from({ length: 4096 }, (_, i) =>
      all(field('remoteName').glob(`${i}\\*`), i % 2 ? field('process.image').equals('a.exe') : field('process.image').glob('b*')),
    )
    const records = Array.from({ length: 12_000 }, (_, i) =>
      pre({ remoteName: `${i % 6000}\\x`, imageName: images[(i >> 2) % images.length]! }),
    )
    const holds = ({ remoteName, process: { image } }: Event) => {
      const rule = Number.parseInt(remoteName!, 10)
      return rule < 4096 && (rule % 2 ? image === 'a.exe' : image === 'B.EXE')
    }
    expect(check([ringOf(SID, records, 14)], any(...rules), holds)).toBe(0)
  })

  it('are made anew for a filter that replaces another', () => {
    const { writer } = ringOf(SID, [], 4)
    const driver = new CoreDriver()
    driver.open(0, writer.bytes)
    const keptNow = () => {
      for (const remoteName of ['\\\\a', '\\\\b', '\\\\c']) writer.append(pre({ remoteName }))
      return driver.drain(0, writer.bytes).map(({ remoteName }) => remoteName)
    }
    for (const name of ['\\\\a', '\\\\b', '\\\\c', '\\\\b']) {
      driver.core.setFilter(compileFilter(field('remoteName').glob(name)))
      expect([keptNow(), keptNow()]).toEqual([[name], [name]])
    }
  })
})
