// The control file, shown and set, on a machine in memory.

import { expect, it } from 'vitest'
import { HEADER_SIZE, SLOT_SIZE } from '../../format/layout.ts'
import { controlBytes, parseControl } from '../../host/rings/control-file.ts'
import { control } from '../../host/windows/control.ts'
import { install } from '../../host/windows/install.ts'
import { FakeMachine } from './fake-machine.ts'
import { packageDlls } from './package-dlls.ts'

const path = 'C:\\ProgramData\\mprtap\\control'
function installed(): FakeMachine {
  const machine = new FakeMachine()
  install(machine, packageDlls(), { uninstallCommand: '' })
  return machine
}
const held = (machine: FakeMachine) => parseControl(machine.files.read(path, 4096))

it('shows what holds, without rights', () => {
  const machine = installed()
  machine.elevation = 'none'
  expect(control(machine, {})).toMatchObject({
    path,
    control: { switchedOff: false, slotCountLog2: 10 },
    fault: undefined,
    error: undefined,
  })
})

it('switches off and on, and sets the size, each without touching the other', () => {
  const machine = installed()
  control(machine, { switchedOff: true })
  control(machine, { slotCountLog2: 12 })
  expect(held(machine)).toEqual({ switchedOff: true, slotCountLog2: 12 })
  control(machine, { switchedOff: false })
  expect(held(machine)).toEqual({ switchedOff: false, slotCountLog2: 12 })
})

it('names the rings that keep another size', () => {
  const machine = installed()
  const ring = 'C:\\ProgramData\\mprtap\\users\\S-1-5-21-1.v1.ring'
  machine.put(ring, 'file', { data: new Uint8Array(HEADER_SIZE + 4 * SLOT_SIZE) })
  machine.put('C:\\ProgramData\\mprtap\\users\\S-1-5-21-2.v1.ring', 'file', { data: new Uint8Array(5) })
  expect(control(machine, {}).otherSizes).toEqual([{ path: ring, slotCountLog2: 2 }])
})

it.each([
  ['by who has no rights', (machine: FakeMachine) => (machine.elevation = 'none'), 'is not an administrator'],
  [
    'when mprtap is not installed',
    (machine: FakeMachine) =>
      void ['control', 'users', 'administrators', 'captures', 'spool', 'consumers', ''].map((name) =>
        machine.take(`C:\\ProgramData\\mprtap\\${name}`.replace(/\\$/, '')),
      ),
    'run mprtap install first',
  ],
  ['when a link is in its place', (machine: FakeMachine) => machine.put(path, 'link'), 'is a link, not a file'],
  [
    'when it belongs to somebody else',
    (machine: FakeMachine) => machine.put(path, 'file', { sddl: 'O:S-1-5-21-1D:(A;;FA;;;BA)' }),
    'has the access list',
  ],
  ['when it is locked', (machine: FakeMachine) => (machine.refuse = { pattern: /writing/, error: 32 }), 'another program has it open'],
])('is not written %s, and one sentence says why', (_, spoil, sentence) => {
  const machine = installed()
  spoil(machine)
  const before = machine.state()
  expect(control(machine, { switchedOff: true }).error).toContain(sentence)
  expect(machine.state()).toEqual(before)
})

it('is made with its access list when it is missing', () => {
  const machine = installed()
  machine.take(path)
  expect(control(machine, {})).toMatchObject({ fault: expect.stringContaining('is missing') })
  expect(control(machine, { switchedOff: true })).toMatchObject({ error: undefined, fault: undefined, control: { switchedOff: true } })
  expect(machine.sddlAt(path)).toContain('(A;;0x120089;;;AU)')
})

it('that is cut, of another version or garbage is as good as none, as for the DLL', () => {
  for (const bytes of [
    controlBytes({ switchedOff: true, slotCountLog2: 5 }).subarray(0, 63),
    new Uint8Array(64).fill(255),
    new Uint8Array(),
  ]) {
    const machine = installed()
    machine.put(path, 'file', { data: bytes, sddl: machine.sddlAt(path)! })
    expect(control(machine, {})).toMatchObject({
      control: { switchedOff: false, slotCountLog2: 10 },
      fault: expect.stringContaining('is not a control file'),
    })
  }
})
