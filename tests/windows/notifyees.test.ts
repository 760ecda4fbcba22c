// The audit of who is told of every connection, on a machine in memory.

import { expect, it } from 'vitest'
import { MACHINE_X64, MACHINE_X86, REG_MULTI_SZ, REG_SZ, type RegistryValue, WindowsError } from '../../host/model/machine.ts'
import { install } from '../../host/windows/install.ts'
import { auditNotifyees } from '../../host/windows/notifyees.ts'
import { pathValue, textValue } from '../../host/windows/registry-text.ts'
import { doubleRecording, NETWORK_PROVIDER_KEY, NOTIFYEES_KEY } from '../../host/windows/survey.ts'
import { FakeMachine } from './fake-machine.ts'
import { packageDlls } from './package-dlls.ts'
import { peBytes } from './pe-bytes.ts'

const options = { uninstallCommand: 'node cli.js uninstall' }
const SYSTEM = 'O:S-1-5-18G:S-1-5-18D:(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;BU)'

function machineWith(...values: RegistryValue[]): FakeMachine {
  const machine = new FakeMachine()
  install(machine, packageDlls(), options)
  for (const value of values) machine.setValue(NOTIFYEES_KEY, value)
  return machine
}
const findingsOf = (machine: FakeMachine, name: string) =>
  auditNotifyees(machine)
    .find((one) => one.name === name)
    ?.findings.join(' ')

/** A DLL of another product, in both widths. */
function addDll(machine: FakeMachine, name: string): void {
  machine.put(`C:\\Windows\\System32\\${name}`, 'file', { data: peBytes({ machine: MACHINE_X64, product: 'Other' }), sddl: SYSTEM })
  machine.put(`C:\\Windows\\SysWOW64\\${name}`, 'file', { data: peBytes({ machine: MACHINE_X86, product: 'Other' }), sddl: SYSTEM })
}

it('finds nothing on a machine with mprtap alone, and knows it for ours in both widths', () => {
  const [one, ...others] = auditNotifyees(machineWith())
  expect(others).toEqual([])
  expect(one).toMatchObject({ kind: 'notifyee', name: 'mprtap', isOurs: true, findings: [] })
  expect(one?.files.map(({ bits, exists, product, version }) => [bits, exists, product, version])).toEqual([
    [64, true, 'mprtap', '0.2.0.0'],
    [32, true, 'mprtap', '0.2.0.0'],
  ])
})

it('tells of a notifyee that is not ours, with what is known of its file', () => {
  const machine = machineWith(pathValue('svcmgmt', '%windir%\\system32\\svcmgmt.dll'))
  addDll(machine, 'svcmgmt.dll')
  const found = auditNotifyees(machine).find(({ name }) => name === 'svcmgmt')
  expect(found).toMatchObject({ isOurs: false, valueType: 'REG_EXPAND_SZ', text: '%windir%\\system32\\svcmgmt.dll' })
  expect(found?.findings).toEqual([expect.stringContaining("not mprtap's")])
  expect(found?.files[0]).toMatchObject({ product: 'Other', hasSignature: false, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
})

it.each([
  ['a variable that a user can fill', pathValue('x', '%APPDATA%\\x.dll'), 'a variable that a user'],
  ['a path on another machine', pathValue('x', '\\\\server\\share\\x.dll'), 'is on another machine'],
  ['a path that depends on who loads it', pathValue('x', 'x.dll'), 'is not absolute'],
  ['an empty path', pathValue('x', ''), '(empty) is not absolute'],
  ['REG_SZ', textValue('x', 'C:\\Windows\\System32\\x.dll'), 'REG_EXPAND_SZ is what is documented'],
  ['a list', { ...textValue('x', 'C:\\Windows\\System32\\x.dll'), type: REG_MULTI_SZ }, 'of type REG_MULTI_SZ'],
  ['a number', { name: 'x', type: 4, data: new Uint8Array(4) }, 'of type REG_DWORD, not a path'],
  ['a value of megabytes', { name: 'x', type: REG_SZ, data: new Uint8Array(), isTooLong: true }, 'too long'],
  ['a file that is not there', pathValue('x', 'C:\\Windows\\System32\\x.dll'), 'is missing: 32-bit programs load nothing'],
])('tells of %s', (_, value, sentence) => {
  expect(findingsOf(machineWith(value), 'x')).toContain(sentence)
})

it('tells who can change a file, or put another in its place, on every step of the way', () => {
  const machine = machineWith(pathValue('x', 'C:\\Tools\\Sub\\x.dll'))
  const user = 'S-1-5-21-1-2-3-1001'
  machine.put('C:\\Tools', 'folder', { sddl: 'O:BAG:BAD:(A;;FA;;;BA)(A;;0x1301ff;;;BU)' })
  machine.put('C:\\Tools\\Sub', 'folder', { sddl: SYSTEM })
  machine.put('C:\\Tools\\Sub\\x.dll', 'file', { data: peBytes(), sddl: `O:${user}G:BAD:(A;;FA;;;BA)` })
  const text = findingsOf(machine, 'x')
  expect(text).toContain('C:\\Tools can be changed by S-1-5-32-545.')
  expect(text).toContain('C:\\Tools\\Sub\\x.dll can be changed by CORP\\mallory.')
  expect(text).not.toContain('C:\\Tools\\Sub can')
})

it('tells of a DLL of the wrong width, of one that is none, and of one that is registered twice', () => {
  const machine = machineWith(pathValue('twice', '%SystemRoot%\\System32\\MPRTAP.dll'), pathValue('x', 'C:\\Windows\\System32\\x.dll'))
  machine.put('C:\\Windows\\System32\\x.dll', 'file', { data: peBytes({ machine: MACHINE_X86 }), sddl: SYSTEM })
  machine.put('C:\\Windows\\SysWOW64\\x.dll', 'file', { data: new Uint8Array(9), sddl: SYSTEM })
  expect(findingsOf(machine, 'twice')).toContain('registered as mprtap, too: every operation is recorded twice')
  expect(findingsOf(machine, 'x')).toContain('is a 32-bit DLL: 64-bit programs load nothing')
  expect(findingsOf(machine, 'x')).toContain('SysWOW64\\x.dll is not a DLL')
})

it('looks at the network providers in their order, and at nothing but them', () => {
  const machine = machineWith()
  machine.setValue(`${NETWORK_PROVIDER_KEY}\\Order`, textValue('ProviderOrder', 'good, missing,..\\evil,good'))
  machine.setValue(
    'HKLM\\SYSTEM\\CurrentControlSet\\Services\\good\\NetworkProvider',
    pathValue('ProviderPath', '%SystemRoot%\\System32\\np.dll'),
  )
  addDll(machine, 'np.dll')
  const providers = auditNotifyees(machine).filter(({ kind }) => kind === 'provider')
  expect(providers.map(({ name, findings }) => [name, findings])).toEqual([
    ['good', []],
    ['missing', ['It stands in ProviderOrder and has no path.']],
    ['..\\evil', [expect.stringContaining('has a backslash'), 'It stands in ProviderOrder and has no path.']],
  ])
})

it('tells of an entry that cannot be read, and looks at the others all the same', () => {
  const machine = machineWith()
  const order = ['good', 'z'.repeat(300), 'other']
  machine.setValue(`${NETWORK_PROVIDER_KEY}\\Order`, textValue('ProviderOrder', order.join()))
  const { read } = machine.registry
  machine.registry.read = (key, name) => {
    // "Registry Element Size Limits": the name of a key has 255 units at most.
    if (key.split('\\').some((part) => part.length > 255)) throw new WindowsError('opening the registry key', 87)
    return read.call(machine.registry, key, name)
  }
  const providers = auditNotifyees(machine).filter(({ kind }) => kind === 'provider')
  expect(providers.map(({ name }) => name)).toEqual(order)
  expect(providers[1]?.findings).toEqual([expect.stringMatching(/^It cannot be looked at: opening the registry key failed/)])
})

it.each([
  ['is no text', { name: 'ProviderOrder', type: 4, data: new Uint8Array(4) }, 'of type REG_DWORD: which ones are loaded is not known'],
  ['is too long', { name: 'ProviderOrder', type: REG_SZ, data: new Uint8Array(), isTooLong: true }, 'is too long'],
  [
    'names more than are looked at',
    textValue('ProviderOrder', Array.from({ length: 65 }, (_, i) => `p${i}`).join()),
    'names 65 providers; the first 64',
  ],
])('tells of a list of providers that %s', (_, value, sentence) => {
  const machine = machineWith()
  machine.setValue(`${NETWORK_PROVIDER_KEY}\\Order`, value)
  expect(findingsOf(machine, 'ProviderOrder')).toContain(sentence)
})

it('needs neither the key nor any right', () => {
  const machine = new FakeMachine({ elevation: 'none' })
  machine.removeKeyTree(NETWORK_PROVIDER_KEY)
  expect(auditNotifyees(machine)).toEqual([])
})

it('watch tells when every operation is recorded twice, and is silent when one value alone leads to the DLL, whatever its name', () => {
  expect(doubleRecording(machineWith())).toBeUndefined()
  const other = pathValue('twice', '%windir%\\System32\\MPRTAP.dll')
  expect(doubleRecording(machineWith(other))).toMatch(/registered 2 times under Notifyees \(mprtap, twice\)/)
  const alone = new FakeMachine()
  alone.put('C:\\Windows\\System32\\mprtap.dll', 'file')
  alone.setValue(NOTIFYEES_KEY, other)
  expect(doubleRecording(alone)).toBeUndefined()
})
