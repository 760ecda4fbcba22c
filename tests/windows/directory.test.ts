// The registry names a folder that the DLL does not use: the verbs say so, and look at no other machine's.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { REG_EXPAND_SZ, REG_SZ, type RegistryValue } from '../../host/model/machine.ts'
import { control } from '../../host/windows/control.ts'
import { install } from '../../host/windows/install.ts'
import { numberValue, pathValue, textValue } from '../../host/windows/registry-text.ts'
import { status } from '../../host/windows/status.ts'
import { SETTINGS_KEY } from '../../host/windows/survey.ts'
import { uninstall } from '../../host/windows/uninstall.ts'
import { FakeMachine } from './fake-machine.ts'
import { packageDlls } from './package-dlls.ts'

const dlls = packageDlls()
const options = { uninstallCommand: '' }

function machineWith(value: RegistryValue): FakeMachine {
  const machine = new FakeMachine()
  install(machine, dlls, options)
  machine.setValue(SETTINGS_KEY, value)
  return machine
}

/** Fails at the first look at a path that is not on this machine's own disk. */
function watched(machine: FakeMachine): FakeMachine {
  for (const name of ['facts', 'list', 'read'] as const) {
    const real = machine.files[name].bind(machine.files) as (path: string, ...rest: never[]) => never
    machine.files[name] = ((path: string, ...rest: never[]) => {
      expect(path).toMatch(/^C:\\(?:Windows|ProgramData)/)
      return real(path, ...rest)
    }) as never
  }
  return machine
}

const { baseFolders } = JSON.parse(readFileSync('format/policy-cases.json', 'utf8')) as {
  baseFolders: { what: string; value: string; accepted: boolean }[]
}
const texts = baseFolders
  .filter(({ accepted, value }) => !accepted && !/[^:]\\$/.test(value))
  .map(({ what, value }): [string, RegistryValue] => [what, textValue('Directory', value)])
const unusable: [string, RegistryValue][] = [
  ...texts,
  ['another machine', textValue('Directory', '\\\\server\\share')],
  ['nothing', textValue('Directory', '')],
  ['a text that is expanded', pathValue('Directory', '%ProgramData%\\mprtap')],
  ['a number', numberValue('Directory', 5)],
  ['a text of megabytes', { name: 'Directory', type: REG_SZ, data: new Uint8Array(), isTooLong: true }],
]

describe.each(unusable)('a folder setting that is %s', (_, value) => {
  it('is what status finds: nothing is recorded', () => {
    const found = status(watched(machineWith(value)), dlls)
    expect(found.folderFault).toMatch(/^The value Directory of HKLM\\SOFTWARE\\mprtap .* so nothing is recorded/)
    expect(found.findings).toContain(found.folderFault)
  })

  it('is what control says, whether it shows or sets', () => {
    for (const change of [{}, { switchedOff: true }])
      expect(control(watched(machineWith(value)), change).error).toContain('so nothing is recorded')
  })

  it('is mended by install, and in no way of uninstall', () => {
    const machine = machineWith(value)
    expect(install(watched(machine), dlls, options)).toMatchObject({ exitCode: 0 })
    expect(status(machine, dlls)).toMatchObject({ folderFault: undefined, folder: 'C:\\ProgramData\\mprtap' })
    machine.setValue(SETTINGS_KEY, value)
    expect(uninstall(machine, dlls, { purge: true })).toMatchObject({ exitCode: 0 })
  })
})

it('a backslash at the end of the folder is as good as none, as for the DLL', () => {
  const machine = machineWith(textValue('Directory', 'C:\\ProgramData\\mprtap\\'))
  expect(status(machine, dlls)).toMatchObject({ folderFault: undefined, folder: 'C:\\ProgramData\\mprtap', findings: [] })
})

it('the type alone makes the difference', () => {
  const path = textValue('Directory', 'C:\\ProgramData\\mprtap')
  expect(status(machineWith(path), dlls).folderFault).toBeUndefined()
  expect(status(machineWith({ ...path, type: REG_EXPAND_SZ }), dlls).folderFault).toContain('of type REG_EXPAND_SZ')
})
