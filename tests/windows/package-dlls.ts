import { MACHINE_ARM64, MACHINE_X64, MACHINE_X86 } from '../../host/model/machine.ts'
import { type PackageDlls, sha256Of } from '../../host/windows/dlls.ts'
import { type PeOptions, peBytes } from './pe-bytes.ts'

/** DLLs of a package, each of other bytes. */
export function packageDlls(version = '0.2.0', options: PeOptions = {}): PackageDlls {
  const numbers = [...version.split('.').map(Number), 0] as unknown as [number, number, number, number]
  const dll = (machine: number) => {
    const bytes = peBytes({ version: numbers, stamp: 2, ...options, machine })
    return { bytes, sha256: sha256Of(bytes) }
  }
  return { version, sourceHash: 'f'.repeat(64), dlls: { x64: dll(MACHINE_X64), x86: dll(MACHINE_X86), arm64: dll(MACHINE_ARM64) } }
}
