import { describe, expect, it } from 'vitest'
import type { Level } from '../../host/filter/fields.ts'
import { parseFilter } from '../../host/filter/parser.ts'
import type { RecordInput } from '../../host/testing/index.ts'
import { acceptedBy, eventsOf, keyOf, ringOf } from './filter-rings.ts'
import { post, pre, SID } from './records.ts'
import { matches } from './reference-filter.ts'

// A remote name that suits no rule is remembered as refused, and ends the work on every later record of that name. Each record here comes
// several times, so that the second time meets what the first one left.

const share = { remoteName: '\\\\fs01\\public' }
const other = { remoteName: '\\\\fs02\\home' }
/** The same text as a remote name, and as the device that a cancel gives up: there it is the local name. */
const device = { remoteName: 'F:', localName: null }
const records: RecordInput[] = [0, 1, 2].flatMap((turn) => [
  pre({ ...share, processId: turn }),
  pre(device),
  pre({ ...device, kind: 'cancel' }),
  pre({ ...share, kind: 'cancel', localName: null }),
  pre({ ...other, imageName: 'net.exe' }),
  post(1_000_000n, { ...other, operationStatus: 53 }),
  pre({ remoteName: null }),
  pre({ remoteName: '' }),
  // Looked at by their first bytes: another case, letters of Latin-1, a form of two bytes a unit, names shorter than what is asked for, and cut ones.
  pre({ remoteName: '\\\\FS01\\Public' }),
  pre({ remoteName: '\\\\fs02\\überall', flags: 4 }),
  pre({ remoteName: '\\\\fs02\\Überall', sessionId: 7 }),
  pre({ remoteName: '\\\\fs02\\ÜBERALL\\Ж' }),
  pre({ remoteName: '\\\\f' }),
  pre({ remoteName: `\\\\fs02\\${'h'.repeat(400)}` }),
])
const rings = [ringOf(SID, records)]

describe.each<Level>(['notification', 'operation'])('a remote name that was refused before, in %ss', (level) => {
  it.each([
    'remoteName glob "\\\\fs02\\*"',
    '!(remoteName glob "F*")',
    '!(remoteName glob "\\\\fs01\\*") && kind == cancel',
    'remoteName glob "\\\\fs02\\*" && process.image == "net.exe"',
    '!(remoteName glob "\\\\fs02\\*" && process.image == "net.exe")',
    'remoteName == "F:" || localName == "F:"',
    'remoteName == "F:" && kind == add || remoteName glob "\\\\fs01*" && kind == cancel',
    'process.image == "net.exe" && remoteName == "nobody"',
    'remoteName == ""',
    'remoteName glob "\\\\fs01\\pu*"',
    'remoteName glob "\\\\Fs02\\ÜBER*"',
    'remoteName == "\\\\fs02\\überall"',
    'remoteName glob "\\\\fs02\\home*" || remoteName glob "\\\\fs02\\h?m*"',
    'remoteName glob "\\\\fs02\\home*" && flags == 0 || remoteName == "\\\\fs02\\Überall" && sessionId == 7',
    'remoteName in {"\\\\fs01\\public", "\\\\fs01\\other"}',
    'remoteName glob "F:*" || remoteName glob "F:x"',
    'process.id == 1',
    'process.id != 1 && kind == cancel',
    '!(kind == add)',
    'flags == 4',
    'status == 53',
    'sequence > 9 && sequence < 30',
    'sessionId == 7 || process.id == 2',
  ])('keeps and refuses what the filter means: %s', (text) => {
    const filter = parseFilter(text, level)
    const expected = eventsOf(rings, level).filter((event) => matches(filter, event))
    // A filter that keeps nothing would be no test of what is kept.
    if (!text.includes('nobody')) expect(expected.length).toBeGreaterThan(0)
    expect([...acceptedBy(rings, level, filter).keys].sort()).toEqual(expected.map(keyOf).sort())
  })

  it('refuses an operation whose POST has so little room that another name remains, by the name of its PRE', () => {
    const remoteName = `\\\\fs01\\${'a'.repeat(360)}z`
    const long = ringOf(SID, [])
    for (let i = 0; i < 3; i++) {
      // As with a letter that the system chooses: the PRE has no local name.
      const sequence = long.writer.append(pre({ remoteName, localName: null }))!
      long.writer.append(post(sequence, { remoteName, localName: 'F:' }))
    }
    const filter = parseFilter('!(remoteName glob "*z")', level)
    const expected = eventsOf([long], level).filter((event) => matches(filter, event))
    expect(expected.length).toBe(level === 'operation' ? 0 : 3)
    expect([...acceptedBy([long], level, filter).keys].sort()).toEqual(expected.map(keyOf).sort())
  })

  it('is not taken for the device that a cancel names', () => {
    const filter = parseFilter('!(remoteName glob "F*")', level)
    const { keys } = acceptedBy(rings, level, filter)
    const cancels = eventsOf(rings, level).filter((event) => event.localName === 'F:')
    expect(cancels.length).toBe(3)
    for (const cancel of cancels) expect(keys).toContain(keyOf(cancel))
  })
})
