// Installing, on a machine in memory: what is there afterwards, and what stands in its way.

import { describe, expect, it } from 'vitest'
import { MACHINE_ARM64, REG_EXPAND_SZ, REG_MULTI_SZ, REG_SZ } from '../../host/model/machine.ts'
import { install } from '../../host/windows/install.ts'
import { EXIT_BUSY, EXIT_FATAL, EXIT_RESTART, EXIT_SUCCESS } from '../../host/windows/outcome.ts'
import { pendingRenames } from '../../host/windows/pending-renames.ts'
import { pathValue, textOfValue, textValue } from '../../host/windows/registry-text.ts'
import { serviceSid } from '../../host/windows/service-sid.ts'
import { NOTIFYEES_KEY, survey } from '../../host/windows/survey.ts'
import { uninstall } from '../../host/windows/uninstall.ts'
import { FakeMachine, type FakeOptions, Killed } from './fake-machine.ts'
import { packageDlls } from './package-dlls.ts'
import { peBytes } from './pe-bytes.ts'

const options = { uninstallCommand: 'node cli.js uninstall' }
const dlls = packageDlls()
const path = 'C:\\Windows\\System32\\mprtap.dll'
const base = 'C:\\ProgramData\\mprtap'

function installed(fake: FakeOptions = {}): FakeMachine {
  const machine = new FakeMachine(fake)
  expect(install(machine, dlls, options)).toMatchObject({ exitCode: EXIT_SUCCESS })
  return machine
}

const isHealthy = (machine: FakeMachine, package_ = dlls) => {
  const { registration, dlls: files, places, asides } = survey(machine, package_)
  return [registration.state, ...files.map(({ state }) => state), ...places.map(({ state }) => state), asides.length]
}
const healthy = ['right', 'current', 'current', ...Array(7).fill('right'), 0]

/** A machine with an older mprtap on it, whose DLL is loaded somewhere. */
function withOlder(isLoaded: boolean): FakeMachine {
  const machine = new FakeMachine()
  install(machine, packageDlls('0.1.0', { stamp: 1 }), options)
  machine.load(path, isLoaded)
  return machine
}

describe('install', () => {
  it('puts everything in its place, and the value that makes MPR load it comes last', () => {
    const machine = new FakeMachine()
    const { changes, exitCode } = install(machine, dlls, options)
    expect(exitCode).toBe(EXIT_SUCCESS)
    expect(isHealthy(machine)).toEqual(healthy)
    const value = machine.registry.read(NOTIFYEES_KEY, 'mprtap')
    expect([value?.type, textOfValue(value)]).toEqual([REG_EXPAND_SZ, path])
    expect(changes.at(-1)).toContain(NOTIFYEES_KEY)
  })

  it('changes nothing when everything is in its place already', () => {
    const machine = installed()
    const before = machine.state()
    expect(install(machine, dlls, options)).toMatchObject({ exitCode: EXIT_SUCCESS, changes: [] })
    expect(machine.state()).toEqual(before)
  })

  it('puts the Arm DLL into System32 of an Arm machine, whatever Node is emulated as, and says which programs stay unseen', () => {
    const machine = new FakeMachine({ nativeMachine: MACHINE_ARM64 })
    const { notes } = install(machine, dlls, options)
    expect(machine.files.read(path, 1e6)).toEqual(dlls.dlls.arm64.bytes)
    expect(notes.join()).toContain('Programs built for x64 record nothing')
  })

  it('puts one DLL on a machine without SysWOW64', () => {
    const machine = installed({ hasWow64: false })
    expect(survey(machine, dlls).dlls.map(({ path, state }) => [path, state])).toEqual([[path, 'current']])
  })

  it('makes the keys that are missing', () => {
    const machine = new FakeMachine()
    machine.removeKeyTree('HKLM\\SYSTEM\\CurrentControlSet\\Control\\NetworkProvider')
    expect(install(machine, dlls, options).exitCode).toBe(EXIT_SUCCESS)
    expect(survey(machine, dlls).registration.state).toBe('right')
  })

  it('lets a service read the rings with --service, and nobody else with the next install without it', () => {
    const machine = installed()
    expect(install(machine, dlls, { ...options, service: 'mprtap' }).exitCode).toBe(EXIT_SUCCESS)
    expect(machine.sddlAt(`${base}\\users`)).toContain(`(A;OICI;0x1200a9;;;${serviceSid('mprtap')})`)
    expect(machine.sddlAt(`${base}\\captures`)).toContain(`(A;OICI;0x1301bf;;;${serviceSid('mprtap')})`)
    // Without the option the entry stays: an upgrade must not take a service its rights.
    install(machine, dlls, options)
    expect(machine.sddlAt(`${base}\\users`)).toContain(serviceSid('mprtap'))
    expect(install(machine, dlls, { ...options, service: 'other' }).exitCode).toBe(EXIT_SUCCESS)
    expect(machine.sddlAt(`${base}\\users`)).not.toContain(serviceSid('mprtap'))
  })

  it('--dry-run tells every change and makes none, also for who has no rights', () => {
    const machine = new FakeMachine({ elevation: 'none' })
    const before = machine.state()
    const told = install(machine, dlls, { ...options, dryRun: true })
    expect(machine.state()).toEqual(before)
    expect(told.exitCode).toBe(EXIT_SUCCESS)
    expect(told.changes).toEqual(install(new FakeMachine(), dlls, options).changes)
  })

  it('--seal leaves no ring, no position of a consumer and no old copy for the clones of an image', () => {
    const machine = installed()
    for (const file of [
      'users\\S-1-5-21-1.v1.ring',
      'administrators\\S-1-5-18.v1.ring',
      'consumers\\audit.json',
      'captures\\kept.pcapng',
    ]) {
      machine.put(`${base}\\${file}`, 'file')
    }
    const { changes } = install(machine, dlls, { ...options, seal: true })
    expect(changes).toEqual(
      ['users\\S-1-5-21-1.v1.ring', 'administrators\\S-1-5-18.v1.ring', 'consumers\\audit.json'].map((file) => `removed ${base}\\${file}`),
    )
    expect(machine.files.list(`${base}\\captures`)).toEqual(['kept.pcapng'])
  })

  it('says under Wine that access lists are not verified, and goes on', () => {
    const { exitCode, notes } = install(new FakeMachine({ isWine: true }), dlls, options)
    expect(exitCode).toBe(EXIT_SUCCESS)
    expect(notes.join()).toContain('not verified: Wine')
  })
})

describe('an upgrade', () => {
  it('replaces the DLLs and leaves no old copy', () => {
    const machine = withOlder(false)
    expect(install(machine, dlls, options).exitCode).toBe(EXIT_SUCCESS)
    expect(isHealthy(machine)).toEqual(healthy)
  })

  it('of a DLL that is loaded renames it aside, says so with exit code 3010, and the next start removes it', () => {
    const machine = withOlder(true)
    const { exitCode, notes } = install(machine, dlls, options)
    expect(exitCode).toBe(EXIT_RESTART)
    expect(notes.join()).toContain('mprtap.old-0.dll is still loaded')
    expect(pendingRenames(machine)).toEqual([{ from: 'C:\\Windows\\System32\\mprtap.old-0.dll', to: '' }])
    machine.restart()
    expect(isHealthy(machine)).toEqual(healthy)
  })

  it('does not ask twice for the same removal', () => {
    const machine = withOlder(true)
    install(machine, dlls, options)
    expect(install(machine, dlls, options).exitCode).toBe(EXIT_RESTART)
    expect(pendingRenames(machine)).toHaveLength(1)
  })

  it('withdraws the removal of the DLL that an earlier removal left behind, and none of others', () => {
    const machine = installed()
    machine.files.removeAtRestart('C:\\other.dll')
    machine.files.removeAtRestart(path)
    expect(install(machine, dlls, options).changes).toEqual([`withdraw the removal of ${path} at the next start`])
    expect(pendingRenames(machine)).toEqual([{ from: 'C:\\other.dll', to: '' }])
  })

  it('is refused when the installed DLL is newer, but for --downgrade', () => {
    const machine = installed()
    const older = packageDlls('0.1.9')
    expect(install(machine, older, options)).toMatchObject({
      exitCode: EXIT_FATAL,
      error: expect.stringContaining('newer than this package'),
    })
    expect(install(machine, older, { ...options, downgrade: true }).exitCode).toBe(EXIT_SUCCESS)
    expect(isHealthy(machine, older)).toEqual(healthy)
  })

  it('repairs a DLL for the wrong machine, which a mistaken copy left', () => {
    const machine = installed()
    machine.put(path, 'file', { data: dlls.dlls.x86.bytes })
    expect(survey(machine, dlls).dlls[0]).toMatchObject({ state: 'damaged' })
    install(machine, dlls, options)
    expect(isHealthy(machine)).toEqual(healthy)
  })

  it.each([
    ['REG_SZ', textValue('mprtap', path)],
    ['a variable', pathValue('mprtap', '%SystemRoot%\\System32\\mprtap.dll')],
    ['REG_MULTI_SZ', { ...textValue('mprtap', path), type: REG_MULTI_SZ }],
  ])('writes a value anew that leads to our DLL by %s', (_, value) => {
    const machine = installed()
    machine.setValue(NOTIFYEES_KEY, value)
    expect(install(machine, dlls, options).exitCode).toBe(EXIT_SUCCESS)
    expect(isHealthy(machine)).toEqual(healthy)
  })
})

describe('nothing is changed, and one sentence says why,', () => {
  const refusal = (machine: FakeMachine, more = {}) => {
    const before = machine.state()
    const { exitCode, error } = install(machine, dlls, { ...options, ...more })
    expect(machine.state()).toEqual(before)
    return [exitCode, error]
  }

  it.each([
    ['by an account that is not an administrator', { elevation: 'none' as const }, 'this account is not an administrator'],
    ['by an administrator who has not elevated', { elevation: 'limited' as const }, 'Run as administrator'],
    ['in a 32-bit Node', { bits: 32 as const }, 'needs the 64-bit Node.js'],
    ['on a processor without a DLL', { nativeMachine: 0x1c4 }, 'no DLL for this processor'],
  ])('%s', (_, fake, sentence) => {
    expect(refusal(new FakeMachine(fake))).toEqual([EXIT_FATAL, expect.stringContaining(sentence)])
  })

  it('while another install or uninstall is at work', () => {
    const machine = new FakeMachine()
    machine.isLocked = true
    expect(refusal(machine)).toEqual([EXIT_BUSY, expect.stringContaining('Another mprtap install')])
    machine.isLocked = false
    expect(install(machine, dlls, options).exitCode).toBe(EXIT_SUCCESS)
    expect(machine.isLocked).toBe(false)
  })

  const planted = 'O:S-1-5-21-1-2-3-1001G:S-1-5-21-1-2-3-1001D:(A;OICI;FA;;;S-1-5-21-1-2-3-1001)'
  it.each([
    ['a folder that a user has made before', 'folder' as const, planted, 'It belongs to CORP\\mallory'],
    [
      'a folder of administrators that others may write',
      'folder' as const,
      'O:BAG:BAD:(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;BU)',
      'has the access list',
    ],
    ['a junction', 'link' as const, planted, 'is a link, not a folder'],
    ['a file', 'file' as const, planted, 'is a file, not a folder'],
  ])('when %s is in the way', (_, kind, sddl, sentence) => {
    for (const place of [base, `${base}\\users`]) {
      const machine = new FakeMachine()
      if (place !== base) {
        install(machine, dlls, options)
        machine.take(place)
      }
      machine.put(place, kind, { sddl })
      const [exitCode, error] = refusal(machine)
      expect([exitCode, error]).toEqual([EXIT_FATAL, expect.stringContaining(sentence)])
      expect(error).toContain(place)
    }
  })

  it('when the control file has a second name', () => {
    const machine = installed()
    machine.put(`${base}\\control`, 'file', { linkCount: 2, sddl: machine.sddlAt(`${base}\\control`)! })
    expect(refusal(machine)).toEqual([EXIT_FATAL, expect.stringContaining('has several names')])
  })

  it.each([
    ['a file of somebody else', 'file' as const, peBytes({ product: 'Other product' }), 'Other product'],
    ['a file that is no DLL', 'file' as const, new Uint8Array(7), 'it has no name of a product'],
    ['a link', 'link' as const, new Uint8Array(), 'is not mprtap'],
  ])('when %s has the name of our DLL', (_, kind, data, sentence) => {
    const machine = new FakeMachine()
    machine.put(path, kind, { data })
    expect(refusal(machine)).toEqual([EXIT_FATAL, expect.stringContaining(sentence)])
  })

  it.each([
    ['another path', pathValue('mprtap', 'C:\\evil\\mprtap.dll')],
    ['another path as REG_SZ', textValue('mprtap', 'D:\\mprtap.dll')],
    ['a number', { name: 'mprtap', type: 4, data: new Uint8Array(4) }],
    ['a value that is too long', { name: 'mprtap', type: REG_SZ, data: new Uint8Array(), isTooLong: true }],
  ])('when the value under our name holds %s', (_, value) => {
    const machine = new FakeMachine()
    machine.setValue(NOTIFYEES_KEY, value)
    expect(refusal(machine)).toEqual([EXIT_FATAL, expect.stringContaining("which is not mprtap's")])
  })

  it.each(['rings', '\\\\server\\share', 'C:', 'C:\\', 'C:\\a\\..\\', 'C:\\a\\..\\b', 'C:\\nul\\rings', 'C:/rings', 'C:\\a*'])(
    'when the folder is to be %s',
    (folder) => {
      expect(refusal(new FakeMachine(), { folder })).toEqual([EXIT_FATAL, expect.stringContaining('cannot hold the rings')])
    },
  )

  it('when the name of the service is none', () => {
    expect(refusal(new FakeMachine(), { service: 'a b)(A;;FA;;;WD' })).toEqual([
      EXIT_FATAL,
      expect.stringContaining('not the name of a service'),
    ])
  })
})

describe('when a step fails', () => {
  const machines: Record<string, () => FakeMachine> = {
    'a first installation': () => new FakeMachine(),
    'a first installation without the NetworkProvider key': () => {
      const machine = new FakeMachine()
      machine.removeKeyTree('HKLM\\SYSTEM\\CurrentControlSet\\Control\\NetworkProvider')
      return machine
    },
    'an upgrade': () => withOlder(false),
    'an upgrade of a loaded DLL': () => withOlder(true),
  }

  /** Calls of an undisturbed run, without those that come after the last step. */
  function callsOf(make: () => FakeMachine): number {
    const machine = make()
    const before = machine.calls
    install(machine, dlls, options)
    return machine.calls - before
  }

  it.each(Object.entries(machines))('%s is undone, whichever call it was', (_, make) => {
    const calls = callsOf(make)
    let undone = 0
    for (let call = 1; call <= calls; call++) {
      const machine = make()
      const before = machine.state()
      machine.failAt = machine.calls + call
      const { exitCode, error } = install(machine, dlls, options)
      // After the last step old copies are removed: a failure there is told, and nothing is undone.
      if (exitCode === EXIT_FATAL) {
        expect(error).toContain('Everything is as it was before')
        expect(machine.state()).toEqual(before)
        undone++
      } else expect(isHealthy(machine).slice(0, -1)).toEqual(healthy.slice(0, -1))
    }
    expect(undone).toBeGreaterThan(calls - 4)
  })

  it.each(Object.entries(machines))('%s that is killed in its middle, whenever it was, is finished by the next run', (_, make) => {
    const calls = callsOf(make)
    for (let call = 1; call <= calls; call++) {
      const machine = make()
      machine.killAt = machine.calls + call
      try {
        install(machine, dlls, options)
      } catch (error) {
        expect(error).toBeInstanceOf(Killed)
      }
      // Never does the value lead to a DLL that is not there.
      if (machine.registry.read(NOTIFYEES_KEY, 'mprtap') && machine.killed && !machine.files.facts(path)) {
        expect(machine.files.list('C:\\Windows\\System32')).toContain('mprtap.new.dll')
      }
      machine.killed = false
      machine.killAt = 0
      machine.isLocked = false
      expect([0, EXIT_RESTART]).toContain(install(machine, dlls, options).exitCode)
      machine.restart()
      expect(isHealthy(machine)).toEqual(healthy)
    }
  })

  it('what cannot be undone is told', () => {
    const machine = new FakeMachine()
    machine.refuse = { pattern: /registry value mprtap|removing the folder/, error: 5 }
    const { exitCode, error } = install(machine, dlls, options)
    expect(exitCode).toBe(EXIT_FATAL)
    expect(error).toMatch(
      /Notifyees.*failed.*access is denied.*could not be undone: make the folder .*consumers.*make the folder C:\\ProgramData\\mprtap /,
    )
    expect(machine.files.facts(path)).toBeUndefined()
  })

  it('a folder of the system that a policy guards is named, with where to read on', () => {
    const machine = new FakeMachine()
    machine.refuse = { pattern: /making C:\\Windows\\SysWOW64/, error: 1260 }
    const { exitCode, error } = install(machine, dlls, options)
    expect(exitCode).toBe(EXIT_FATAL)
    expect(error).toMatch(/SysWOW64.*a policy of this machine forbids it.*Everything is as it was before.*docs\/security-teams\.md/)
  })
})

describe('uninstall', () => {
  it('leaves the machine as it was before the installation, but for rings and their folders', () => {
    const machine = new FakeMachine()
    const before = machine.state() as string[]
    install(machine, dlls, options)
    machine.put(`${base}\\users\\S-1-5-21-1.v1.ring`, 'file')
    const { exitCode, notes } = uninstall(machine, dlls, {})
    expect([exitCode, notes[0]]).toEqual([EXIT_SUCCESS, expect.stringContaining('keeps its rings')])
    const kept = (machine.state() as string[]).filter((line) => !before.includes(line))
    expect(
      kept.every(
        (line) =>
          line.startsWith(base) ||
          line.endsWith('Notifyees') ||
          line.endsWith('EventLog') ||
          line.includes('\\EventLog\\') ||
          /Uninstall$|CurrentVersion$|Windows$|Microsoft$|Services$|Application$/.test(line),
      ),
    ).toBe(true)
  })

  it('--purge removes rings, captures, consumers and folders, and lists each', () => {
    const machine = installed()
    machine.put(`${base}\\users\\S-1-5-21-1.v1.ring`, 'file')
    machine.put(`${base}\\captures\\planted`, 'link')
    const { changes } = uninstall(machine, dlls, { purge: true })
    expect(changes).toEqual(
      expect.arrayContaining([`removed ${base}\\users\\S-1-5-21-1.v1.ring`, `removed ${base}\\captures\\planted`, `removed ${base}`]),
    )
    expect(machine.files.facts(base)).toBeUndefined()
  })

  it.each(['C:\\', 'C:', '\\\\server\\share', 'rings', 'C:\\a\\..'])(
    '--purge looks at nothing below %s, which holds no rings',
    (folder) => {
      const machine = new FakeMachine()
      install(machine, dlls, options)
      machine.put('C:\\users', 'folder')
      machine.put('C:\\users\\desktop.ini', 'file')
      for (const dryRun of [true, false])
        expect(uninstall(machine, dlls, { folder, purge: true, dryRun })).toMatchObject({
          exitCode: EXIT_FATAL,
          changes: [],
          error: expect.stringContaining('cannot hold the rings'),
        })
      expect(machine.files.facts('C:\\users\\desktop.ini')?.kind).toBe('file')
    },
  )

  it('--purge names what it could not remove and leaves what lies deeper', () => {
    const machine = installed()
    machine.put(`${base}\\captures\\folder`, 'folder')
    machine.put(`${base}\\captures\\folder\\file`, 'file')
    const { exitCode, notes } = uninstall(machine, dlls, { purge: true })
    expect(exitCode).toBe(EXIT_SUCCESS)
    expect(notes.join()).toContain(`${base}\\captures\\folder stays`)
    expect(machine.files.facts(`${base}\\captures\\folder\\file`)).toBeDefined()
  })

  it('of a DLL that is loaded answers 3010; the next start removes it', () => {
    const machine = installed()
    machine.load(path)
    expect(uninstall(machine, dlls, {}).exitCode).toBe(EXIT_RESTART)
    machine.restart()
    expect(machine.files.list('C:\\Windows\\System32')).toEqual([])
  })

  it('takes away every value that leads to the DLL, and nothing that is not ours', () => {
    const machine = installed()
    machine.setValue(NOTIFYEES_KEY, pathValue('twice', '%windir%\\system32\\MPRTAP.dll'))
    machine.setValue(NOTIFYEES_KEY, pathValue('other', 'C:\\other.dll'))
    uninstall(machine, dlls, {})
    expect(machine.registry.values(NOTIFYEES_KEY)?.map(({ name }) => name)).toEqual(['other'])
  })

  it('has nothing to do where nothing is installed', () => {
    const machine = new FakeMachine()
    expect(uninstall(machine, dlls, { purge: true })).toMatchObject({ exitCode: EXIT_SUCCESS, changes: [] })
  })

  it('is undone as a whole, whichever call failed', () => {
    const make = installed
    const undisturbed = make()
    const start = undisturbed.calls
    uninstall(undisturbed, dlls, {})
    const calls = undisturbed.calls - start
    let undone = 0
    for (let call = 1; call <= calls; call++) {
      const machine = make()
      const before = machine.state()
      machine.failAt = machine.calls + call
      const { exitCode } = uninstall(machine, dlls, {})
      if (exitCode !== EXIT_FATAL) continue
      expect(machine.state()).toEqual(before)
      undone++
    }
    expect(undone).toBe(calls - 2) // the two old copies are removed after the last step
  })

  it('needs the same rights, and purges nothing below a folder that somebody else has made', () => {
    const machine = installed()
    machine.put(`${base}\\users`, 'link')
    expect(uninstall(machine, dlls, { purge: true })).toMatchObject({
      exitCode: EXIT_FATAL,
      error: expect.stringContaining('nothing below'),
    })
    machine.elevation = 'limited'
    expect(uninstall(machine, dlls, {}).error).toContain('Run as administrator')
  })
})
