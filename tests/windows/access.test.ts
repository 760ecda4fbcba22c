// The access lists: one table in the code, the same in SECURITY.md; what their bytes mean, and who can write something.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BASE_ACCESS, CONTROL_ACCESS, FOLDERS, folderAccess, isFormerAccess, strangersWhoCanWrite } from '../../host/windows/access.ts'
import { parseDescriptor, sameAccess, sddlOf } from '../../host/windows/descriptor.ts'
import { serviceSid } from '../../host/windows/service-sid.ts'
import { descriptorBytes } from './descriptor-bytes.ts'

const parsed = (sddl: string) => parseDescriptor(descriptorBytes(sddl))!
const security = readFileSync(join(import.meta.dirname, '../../SECURITY.md'), 'utf8')

describe('the access lists', () => {
  it('are the ones that SECURITY.md gives', () => {
    const rows = [...security.matchAll(/^\| `(?:%ProgramData%\\mprtap|…\\\w+)`.*? \| `(O:[^`]+)` \|/gm)].map(([, sddl]) => sddl)
    expect(rows).toEqual(
      [BASE_ACCESS, folderAccess('users'), folderAccess('administrators'), CONTROL_ACCESS, folderAccess('spool')].map(sddlOf),
    )
    for (const name of ['captures', 'consumers'] as const) expect(folderAccess(name)).toEqual(folderAccess('spool'))
    const [reads, keeps] = [folderAccess('users', 'S-1-5-80-1'), folderAccess('captures', 'S-1-5-80-1')].map(
      (list) => sddlOf(list).match(/\([^(]*\)$/)?.[0],
    )
    for (const entry of [reads, keeps]) expect(security).toContain(entry!.replace('S-1-5-80-1', '<SID>'))
  })

  it('let nobody but administrators and the service open a file of captures, spool or consumers: no stranger can hold an oplock on one', () => {
    const service = serviceSid('mprtap')
    for (const name of ['captures', 'spool', 'consumers'] as const)
      for (const { entries } of [folderAccess(name), folderAccess(name, service)])
        for (const { sid } of entries!) expect(['S-1-5-18', 'S-1-5-32-544', service]).toContain(sid)
  })

  it('name a service by the SID that Windows gives it', () => {
    // "sc.exe showsid TrustedInstaller", as everybody can read it off the files of Windows.
    expect(serviceSid('TrustedInstaller')).toBe('S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464')
    expect(serviceSid('trustedinstaller')).toBe(serviceSid('TRUSTEDINSTALLER'))
  })
})

describe('a descriptor', () => {
  it('is read back from its bytes as it was written', () => {
    for (const list of [BASE_ACCESS, CONTROL_ACCESS, ...FOLDERS.map((name) => folderAccess(name, 'S-1-5-80-1-2-3-4-5'))]) {
      expect(parsed(sddlOf(list))).toEqual(list)
    }
  })

  it('that is cut, lengthened or changed anywhere is read, or refused, and never more than its bytes are', () => {
    const whole = descriptorBytes(sddlOf(BASE_ACCESS))
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255), (length, at, byte) => {
        const bytes = whole.slice()
        bytes[at] = byte
        const found = parseDescriptor(bytes.subarray(0, length))
        expect((found?.entries?.length ?? 0) * 16).toBeLessThan(whole.length)
      }),
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseDescriptor(bytes)))
  })

  const wanted = folderAccess('users')
  const text = sddlOf(wanted)
  it.each([
    ['another owner', text.replace('O:BA', 'O:S-1-5-21-1-2-3-1001')],
    ['a list that is inherited', text.replace('D:P', 'D:')],
    ['an entry more', `${text}(A;;FA;;;WD)`],
    ['an entry less', text.replace('(A;OIIO;0x13019f;;;OW)', '')],
    ['another order', text.replace('(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)', '(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)')],
    ['an entry that denies', text.replace('(A;;0x100022;;;AU)', '(D;;0x100022;;;AU)')],
    ['other rights', text.replace('0x100022', '0x1000a2')],
    ['other heirs', text.replace('OIIO', 'OI')],
  ])('with %s is not the wanted one', (_, other) => {
    expect(sameAccess(parsed(text), wanted)).toBe(true)
    expect(sameAccess(parsed(other), wanted)).toBe(false)
  })

  it('of an earlier version, or with the entry of another service, is brought up to date; anything else is not', () => {
    expect(isFormerAccess('users', parsed('O:BAG:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;0x100022;;;AU)(A;OIIO;0x12019f;;;OW)'))).toBe(
      true,
    )
    expect(isFormerAccess('users', parsed(sddlOf(folderAccess('users', serviceSid('other')))))).toBe(true)
    expect(isFormerAccess('users', parsed(`${text}(A;OICI;FA;;;S-1-5-21-1-2-3-1001)`))).toBe(false)
    expect(isFormerAccess('users', parsed(text.replace('O:BA', 'O:S-1-5-21-1-2-3-1001')))).toBe(false)
  })
})

describe('who can write', () => {
  const user = 'S-1-5-21-1-2-3-1001'
  it.each([
    ['file', 'O:BAD:(A;;FA;;;BA)(A;;0x1200a9;;;BU)', []],
    ['file', 'O:BAD:(A;;0x120089;;;BU)(A;;0x2;;;BU)', ['S-1-5-32-545']],
    ['file', `O:${user}D:(A;;FA;;;BA)`, [user]],
    ['file', 'O:BAD:(A;OICIIO;FA;;;WD)', []],
    ['folder of a file', 'O:BAD:(A;;0x100006;;;BU)', []],
    ['folder of a file', 'O:BAD:(A;;0x40;;;BU)', ['S-1-5-32-545']],
    ['folder of a missing file', 'O:BAD:(A;;0x100006;;;BU)', ['S-1-5-32-545']],
    ['file', 'O:S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464D:(A;;0x1200a9;;;BU)', []],
  ] as const)('a %s with %s: %j', (what, sddl, strangers) => {
    expect(strangersWhoCanWrite(parsed(sddl), what)).toEqual(strangers)
  })

  it('without a list: everybody', () => {
    expect(strangersWhoCanWrite({ owner: 'S-1-5-18', isProtected: false, entries: undefined }, 'file')).toEqual(['S-1-1-0'])
  })
})
