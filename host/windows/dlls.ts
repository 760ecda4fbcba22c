// The DLLs that come with the package, and which of them belongs into which system folder.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MACHINE_ARM64, MACHINE_X64, MACHINE_X86, type Machine } from '../model/machine.ts'

export type Architecture = 'x64' | 'x86' | 'arm64'
export const ARCHITECTURES: readonly Architecture[] = ['x64', 'x86', 'arm64']

/** The name under which MPR loads it, in every system folder. */
export const DLL_NAME = 'mprtap.dll'

/** What scripts/build-dll.mjs wrote beside the DLLs. */
export interface PackageDlls {
  readonly version: string
  /** Hash of the sources and of how they are built. */
  readonly sourceHash: string
  readonly dlls: Readonly<Record<Architecture, PackageDll>>
}

/** One of them. */
export interface PackageDll {
  readonly bytes: Uint8Array
  readonly sha256: string
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/**
 * Reads the DLLs of the package.
 * @param folder `build/dll` of the package.
 * @throws Error when one is missing, or is not the one that was built.
 */
export function readPackageDlls(folder: string): PackageDlls {
  const missing = (cause: unknown) =>
    new Error(`The DLLs of this package cannot be read from ${folder}; install the package again.`, { cause })
  let manifest: { version: string; sourceHash: string; sha256: Record<string, string> }
  const dlls = {} as Record<Architecture, PackageDll>
  try {
    manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
    for (const architecture of ARCHITECTURES) {
      const bytes = readFileSync(join(folder, architecture, DLL_NAME))
      dlls[architecture] = { bytes, sha256: sha256Of(bytes) }
    }
  } catch (error) {
    throw missing(error)
  }
  const spoiled = ARCHITECTURES.find((architecture) => dlls[architecture].sha256 !== manifest.sha256[architecture])
  if (spoiled) throw new Error(`${join(folder, spoiled, DLL_NAME)} is not the DLL that was built; install the package again.`)
  return { version: manifest.version, sourceHash: manifest.sourceHash, dlls }
}

/** A system folder of the machine, and which DLL belongs there. */
export interface SystemFolder {
  readonly path: string
  readonly architecture: Architecture
}

const MACHINES: Readonly<Record<number, Architecture>> = { [MACHINE_X64]: 'x64', [MACHINE_X86]: 'x86', [MACHINE_ARM64]: 'arm64' }

export const MACHINE_OF: Readonly<Record<Architecture, number>> = { x64: MACHINE_X64, x86: MACHINE_X86, arm64: MACHINE_ARM64 }

/**
 * Where programs look for System32: 64-bit ones in System32 itself, 32-bit ones in SysWOW64 ("File System Redirector"). The processor decides which
 * DLL System32 gets, not the Node that runs this: an emulated one would say x64 on Arm.
 * @throws Error on a processor that mprtap has no DLL for.
 */
export function systemFolders(machine: Machine): SystemFolder[] {
  const architecture = MACHINES[machine.nativeMachine]
  if (architecture === undefined)
    throw new Error(`mprtap has no DLL for this processor (machine type 0x${machine.nativeMachine.toString(16)}).`)
  const folders: SystemFolder[] = [{ path: `${machine.windowsFolder}\\System32`, architecture }]
  if (machine.wow64Folder !== undefined) folders.push({ path: machine.wow64Folder, architecture: 'x86' })
  return folders
}

/** What programs this installation cannot see, as a sentence; `undefined`: none that is known. */
export function coverageGap(machine: Machine): string | undefined {
  return machine.nativeMachine === MACHINE_ARM64
    ? 'Programs built for x64 record nothing on this Arm machine: they load the same System32 file as Arm programs, and it is built for Arm.'
    : undefined
}
