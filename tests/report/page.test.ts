// The report's page: what it says, and that names never become markup.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { changesBetween } from '../../host/analysis/baseline.ts'
import { reportPage } from '../../host/report/page.ts'
import { row } from '../analysis/rows.ts'
import { BERGER, dataOf, morning, OPTIONS } from './report-rows.ts'

const textOf = (page: string) =>
  page
    .replace(/<(style|script)>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')

describe('the first sentence', () => {
  const lead = (page: string) => /<p class="lead">(.*?)<\/p>/.exec(page)?.[1]

  it('names who waited longest, how long, for what, and why', () => {
    expect(lead(reportPage(dataOf(morning()), OPTIONS))).toBe(
      'CORP\\m.berger waited 63.0 s of 65.3 s for nas21, which is gone (ERROR_BAD_NETPATH, 3 tries).',
    )
  })

  it('tells a server that mostly failed from one that answered slowly', () => {
    const slow = [row(0, { durationMs: 9000, remoteName: '\\\\fs07\\a' })]
    expect(lead(reportPage(dataOf(slow), OPTIONS))).toContain('for fs07, which answered slowly (1 operation)')
    const failing = [...slow, row(9000, { durationMs: 9000, remoteName: '\\\\fs07\\a', status: 5 })]
    expect(lead(reportPage(dataOf(failing), OPTIONS))).toContain('where 1 of 2 operations failed (ERROR_ACCESS_DENIED)')
  })

  it('says so when all was quick, and when there was nothing', () => {
    expect(lead(reportPage(dataOf([row(0)]), OPTIONS))).toBe('1 logon mapped within 10 ms each; nothing failed.')
    expect(lead(reportPage(dataOf([]), OPTIONS))).toBe('There are no operations in this period.')
  })
})

describe('the page', () => {
  it('joins the attempts at one letter, marks gaps, and says what became of each operation in words', () => {
    const text = textOf(reportPage(dataOf(morning(0)), OPTIONS))
    expect(text).toContain('N: → \\\\nas21\\archive 64.6 s 3 attempts, the last one failed: ERROR_BAD_NETPATH (53)')
    expect(text).toContain('with no operation running')
    expect(text).toContain('cancelled by a person')
    expect(text).toContain('nas21 answered nothing and cost 63.0 s')
  })

  it('says which records are missing, which sources failed, and what is never seen', () => {
    const losses = [{ source: 'a.ring', overrun: 5, abandoned: 1, corrupt: 0 }]
    const text = textOf(reportPage(dataOf(morning()), { ...OPTIONS, losses, faults: ['b.ring cannot be read.'] }))
    expect(text).toMatch(/Records missing 6 see the end/)
    expect(text).toContain('a.ring 5 1 0')
    expect(text).toContain('b.ring cannot be read.')
    expect(text).toContain('restores at logon')
  })

  it('shows what is new, gone, slower or failing since a baseline', () => {
    const many = (durationMs: number, remoteName: string, status = 0) =>
      Array.from({ length: 30 }, (_, i) => row(i * 100, { durationMs, remoteName, status }))
    const before = dataOf([...many(10, '\\\\fs01\\a'), ...many(10, '\\\\old\\a'), ...many(10, '\\\\fs03\\a')])
    const now = dataOf([...many(500, '\\\\FS01\\a'), ...many(10, '\\\\new\\a'), ...many(10, '\\\\fs03\\a', 53)])
    const changes = changesBetween(before, now)
    const found = changes.filter(({ by }) => by === 'server').map(({ key, type }) => `${key} ${type}`)
    expect(found.sort()).toEqual(['FS01 slower', 'fs03 failing', 'new new', 'old gone'])
    expect(textOf(reportPage(now, { ...OPTIONS, changes }))).toContain('server FS01 slower')
  })

  it('allows nothing but its own style and script', () => {
    const page = reportPage(dataOf(morning()), OPTIONS)
    const [, policy = ''] = /Content-Security-Policy" content="(.*?)"/.exec(page) ?? []
    for (const name of ['style', 'script']) {
      const [, content = ''] = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(page) ?? []
      const hash = createHash('sha256').update(content).digest('base64')
      expect(policy.replaceAll('&#39;', "'")).toContain(`${name}-src 'sha256-${hash}'`)
    }
    expect(policy).toContain('default-src &#39;none&#39;')
    expect(page).not.toMatch(/ (?:style|on\w+)=/)
    expect(page).not.toMatch(/(?:src|href)="(?!data:,")/)
  })
})

describe('a page about very much', () => {
  /** Each logon tries one letter ten thousand times, and maps from thousands of servers with long names. */
  function* much() {
    for (let logon = 0; logon < 25; logon++) {
      const of = { user: `S-1-5-21-1-2-3-${logon}`, logonId: `0x${logon}` }
      for (let i = 0; i < 4000; i++) yield row(10 * i, { ...of, localName: 'Z:', remoteName: '\\\\gone\\x', status: 53 })
      for (let i = 0; i < 400; i++)
        yield row(10 * i, { ...of, localName: '', remoteName: `\\\\${logon}-${i}${'\u202e'.repeat(180)}\\share` })
    }
  }

  it('has at most 5 MB and says how it was thinned', () => {
    const page = reportPage(dataOf([...much()]), OPTIONS)
    expect(page.length).toBeLessThan(5e6)
    const text = textOf(page)
    expect(text).toContain('Every figure is made of all 110,000 operations.')
    expect(text).toContain('the 20 slowest of 25 logons (88,000 operations), of each at most 60 rows and of a row at most 40 attempts')
    expect(text).toContain('4,000 attempts, the last one failed')
    expect(text).toContain('The 60 longest of 401 rows.')
    expect(text).toMatch(/The first 100 of 4,097\./)
  })
})

describe('names from strangers', () => {
  const evil = [
    '<img src=x onerror=alert(1)>',
    '"><script>alert(1)</script>',
    "'onmouseover='x",
    '</script><b>',
    '\u202egnp.exe',
    '&lt;b&gt;',
  ]

  it('are shown and never become markup, wherever a name can stand', () => {
    const rows = evil.flatMap((name, i) => [
      row(i, { remoteName: `\\\\${name}\\${name}`, localName: name, image: name, host: name, logonId: name, durationMs: 5000 }),
      row(i, { remoteName: name, status: 53, user: name, durationMs: 5000 }),
    ])
    const data = dataOf(rows)
    const losses = evil.map((source) => ({ source, overrun: 1, abandoned: 0, corrupt: 0 }))
    const wording = { userName: (sid: string) => `${sid}${evil[1]}`, offsetMinutes: 0 }
    const page = reportPage(data, {
      ...OPTIONS,
      wording,
      sources: evil,
      losses,
      faults: evil,
      changes: changesBetween(dataOf([]), data),
      version: evil[0]!,
    })
    expect(page.match(/<script/g)).toHaveLength(1)
    expect(page).not.toContain('<img')
    expect(page).not.toContain('<b>')
    expect(page).not.toContain('\u202e')
    // No quote of a name ended an attribute: each tag has only attributes that the page itself writes.
    const attributes = new Set([...page.replace(/<(style|script)>.*?<\/\1>/gs, '').matchAll(/\s([a-z-]+)=["']/gi)].map((match) => match[1]))
    for (const name of attributes) expect(ATTRIBUTES).toContain(name)
  })
})

const ATTRIBUTES = (
  'lang charset http-equiv content name rel href class aria-hidden aria-labelledby id width height patternUnits patternTransform x y x1 y1 x2 y2 viewBox ' +
  'preserveAspectRatio role type data-filters autocomplete scope data-value data-from data-width colspan tabindex aria-label'
).split(' ')

describe('three million operations', () => {
  it('make a page that is hardly larger than that of some thousands: groups and logons that are shown are bounded', () => {
    const rows = Array.from({ length: 20_000 }, (_, i) =>
      row(i, {
        user: `S-1-5-21-1-2-3-${i}`,
        logonId: `0x${i.toString(16)}`,
        remoteName: `\\\\server${i}\\share`,
        image: `p${i}.exe`,
        durationMs: i,
      }),
    )
    expect(reportPage(dataOf(rows), OPTIONS).length).toBeLessThan(1_000_000)
  })

  it('keep the waterfall of a logon bounded, and say what was left out', () => {
    const rows = Array.from({ length: 5000 }, (_, i) => row(i * 10, { user: BERGER, localName: `${i}:` }))
    expect(textOf(reportPage(dataOf(rows), OPTIONS))).toContain('The 60 longest of 5000 rows.')
  })
})
