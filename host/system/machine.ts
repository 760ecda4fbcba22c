// This Windows machine, as the verbs that install, audit and diagnose see it.

import { MACHINE_X64, MACHINE_X86, type Machine, WindowsError } from '../model/machine.ts'
import { accountName } from './account-names.ts'
import { lockName, windowsFiles } from './machine-files.ts'
import { loadedModules } from './modules.ts'
import { windowsRegistry } from './registry.ts'
import { elevation } from './token.ts'
import { hasFunction, textOf, windowsFunctions } from './windows-api.ts'

const PATH_UNITS = 1024

const kernel32 = windowsFunctions('kernel32.dll', {
  windowsDirectory: 'uint32_t __stdcall GetSystemWindowsDirectoryW(_Out_ void *, uint32_t)',
  wow64Directory: 'uint32_t __stdcall GetSystemWow64DirectoryW(_Out_ void *, uint32_t)',
  isWow64: 'int __stdcall IsWow64Process2(intptr_t, _Out_ uint16_t *, _Out_ uint16_t *)',
})

function folder(ask: (buffer: Buffer, units: number) => number): string | undefined {
  const buffer = Buffer.alloc(2 * PATH_UNITS)
  const units = ask(buffer, PATH_UNITS)
  return units > 0 && units < PATH_UNITS ? textOf(buffer) : undefined
}

/** The processor's own machine type: `process.arch` of an emulated Node says what it is emulated as ("IsWow64Process2 function"). */
function nativeMachine(): number {
  const native = [0]
  if (kernel32.isWow64(-1, [0], native) !== 0) return native[0]!
  return process.arch === 'ia32' ? MACHINE_X86 : MACHINE_X64
}

let machine: Machine | undefined

/** @throws WindowsError when Windows does not tell where it is. */
export function windowsMachine(): Machine {
  if (machine) return machine
  const windowsFolder = folder(kernel32.windowsDirectory)
  if (windowsFolder === undefined) throw new WindowsError('asking for the Windows folder', 3)
  // Windows names the folder also where it is not there, as on a server without 32-bit support.
  const wow64 = folder(kernel32.wow64Directory)
  const wow64Folder = wow64 !== undefined && windowsFiles.facts(wow64)?.kind === 'folder' ? wow64 : undefined
  machine = {
    isWine: hasFunction('ntdll.dll', 'wine_get_version'),
    nativeMachine: nativeMachine(),
    bits: process.arch === 'ia32' ? 32 : 64,
    elevation: elevation(),
    windowsFolder,
    wow64Folder,
    registry: windowsRegistry,
    files: windowsFiles,
    loadedModules,
    accountName,
    lock: lockName,
  }
  return machine
}
