// The table of the way back: each call of each step of install and uninstall fails once, and the machine is as it was before. As a table:
//   npx vitest run --project linux --reporter verbose tests/windows/rollback.test.ts

import { describe, expect, it } from 'vitest'
import { install } from '../../host/windows/install.ts'
import { type Changed, EXIT_FATAL } from '../../host/windows/outcome.ts'
import { uninstall } from '../../host/windows/uninstall.ts'
import { FakeMachine } from './fake-machine.ts'
import { packageDlls } from './package-dlls.ts'

const options = { uninstallCommand: 'node cli.js uninstall' }
const dlls = packageDlls()
const work = {
  install: (machine: FakeMachine) => install(machine, dlls, options),
  uninstall: (machine: FakeMachine) => uninstall(machine, dlls, {}),
}

function installed(package_ = dlls): FakeMachine {
  const machine = new FakeMachine()
  install(machine, package_, options)
  return machine
}

/** An older mprtap, loaded in a program, in a folder whose access list an earlier version had set, and about to be removed at the next start. */
function older(): FakeMachine {
  const machine = installed(packageDlls('0.1.0', { stamp: 1 }))
  machine.load('C:\\Windows\\System32\\mprtap.dll', true)
  machine.put('C:\\ProgramData\\mprtap\\users', 'folder', {
    sddl: 'O:BAG:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;0x100022;;;AU)(A;OIIO;0x12019f;;;OW)',
  })
  machine.files.removeAtRestart('C:\\Windows\\System32\\mprtap.dll')
  return machine
}

function withoutKey(): FakeMachine {
  const machine = new FakeMachine()
  machine.removeKeyTree('HKLM\\SYSTEM\\CurrentControlSet\\Control\\NetworkProvider')
  return machine
}

/** What the verb says when the call of that number fails. */
function failing(machine: FakeMachine, verb: keyof typeof work, call: number): Changed {
  machine.failAt = machine.calls + call
  return work[verb](machine)
}

type Row = [step: string, call: string, number: number]

/** Each call of an undisturbed run that ends the work when it fails: its step, and what it does. */
function rowsOf(verb: keyof typeof work, make: () => FakeMachine): Row[] {
  const undisturbed = make()
  const start = undisturbed.calls
  work[verb](undisturbed)
  return Array.from({ length: undisturbed.calls - start }, (_, i) => i + 1).flatMap((number): Row[] => {
    const [, step, call] = /^The step "(.*?)" failed: (.*?) failed with /.exec(failing(make(), verb, number).error ?? '') ?? []
    // Old copies are removed when all is done: nothing is undone for those.
    return step === undefined ? [] : [[step.replace(/ (?:with the access list|to O:|\().*/, ''), call!, number]]
  })
}

describe.each([
  ['install on a machine that has nothing', 'install', () => new FakeMachine()],
  ['install on a machine without the NetworkProvider key', 'install', withoutKey],
  ['install over an older one that is loaded', 'install', older],
  ['uninstall', 'uninstall', installed],
] as const)('%s', (_, verb, make) => {
  const rows = rowsOf(verb, make)

  it.each(rows)('%s │ fails: %s │ as before', (_step, _call, number) => {
    const machine = make()
    const before = machine.state()
    expect(failing(machine, verb, number)).toMatchObject({ exitCode: EXIT_FATAL, error: expect.stringContaining('as it was before') })
    expect(machine.state()).toEqual(before)
  })

  it('has every step in this table', () => {
    const machine = make()
    const { changes } =
      verb === 'install' ? install(machine, dlls, { ...options, dryRun: true }) : uninstall(machine, dlls, { dryRun: true })
    const steps = new Set(rows.map(([step]) => step))
    for (const change of changes)
      expect(
        [...steps].some((step) => change.startsWith(step)),
        change,
      ).toBe(true)
  })
})
