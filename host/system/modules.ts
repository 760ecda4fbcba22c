// Which processes have a DLL loaded, and which build of it: the PE header in their memory says so, also when the file has changed.

import { win32 } from 'node:path'
import type { LoadedModule, ModuleListing } from '../model/machine.ts'
import { closeHandle, textOf, windowsFunctions } from './windows-api.ts'

const PROCESS_QUERY_INFORMATION_AND_VM_READ = 0x410
const LIST_MODULES_ALL = 3
const PROCESSES_MAX = 65_536
const MODULES_MAX = 4096
const PATH_UNITS = 1024
const HEADER_OFFSET_AT = 0x3c
/** From the PE signature to TimeDateStamp. */
const STAMP_AT = 8
const HEADER_MAX = 4096

const kernel32 = windowsFunctions('kernel32.dll', {
  openProcess: 'intptr_t __stdcall OpenProcess(uint32_t, int, uint32_t)',
  readMemory: 'int __stdcall ReadProcessMemory(intptr_t, intptr_t, _Out_ void *, size_t, void *)',
  processes: 'int __stdcall K32EnumProcesses(_Out_ void *, uint32_t, _Out_ uint32_t *)',
  modules: 'int __stdcall K32EnumProcessModulesEx(intptr_t, _Out_ void *, uint32_t, _Out_ uint32_t *, uint32_t)',
  moduleFileName: 'uint32_t __stdcall K32GetModuleFileNameExW(intptr_t, intptr_t, _Out_ void *, uint32_t)',
})

/** TimeDateStamp of the image at `base`; the linker makes it from the contents (/brepro), so that it tells builds apart. */
function stampAt(process: bigint, base: bigint): number | undefined {
  const header = Buffer.alloc(HEADER_MAX)
  if (kernel32.readMemory(process, base, header, header.length, null) === 0) return undefined
  const at = header.readUInt32LE(HEADER_OFFSET_AT)
  return at + STAMP_AT + 4 <= header.length ? header.readUInt32LE(at + STAMP_AT) : undefined
}

function pathOf(process: bigint, module: bigint): string {
  const buffer = Buffer.alloc(2 * PATH_UNITS)
  const units = kernel32.moduleFileName(process, module, buffer, PATH_UNITS)
  return textOf(buffer.subarray(0, 2 * units))
}

/** Appends the wanted modules of one process. False when Windows does not let us look. */
function look(processId: number, fileName: RegExp, found: LoadedModule[]): boolean {
  const process = BigInt(kernel32.openProcess(PROCESS_QUERY_INFORMATION_AND_VM_READ, 0, processId))
  if (process === 0n) return false
  try {
    const width = globalThis.process.arch === 'ia32' ? 4 : 8
    const handles = Buffer.alloc(width * MODULES_MAX)
    const needed = [0]
    if (kernel32.modules(process, handles, handles.length, needed, LIST_MODULES_ALL) === 0) return false
    const count = Math.min(needed[0]! / width, MODULES_MAX)
    const at = (index: number) => (width === 8 ? handles.readBigUInt64LE(8 * index) : BigInt(handles.readUInt32LE(4 * index)))
    for (let index = 0; index < count; index++) {
      const module = at(index)
      const path = pathOf(process, module)
      if (!fileName.test(win32.basename(path))) continue
      const image = win32.basename(pathOf(process, 0n))
      found.push({ processId, image, path, stamp: stampAt(process, module) })
    }
    return true
  } finally {
    closeHandle(process)
  }
}

/** The DLLs whose file names match, in all processes that Windows lets us look into. */
export function loadedModules(fileName: RegExp): ModuleListing {
  const ids = Buffer.alloc(4 * PROCESSES_MAX)
  const bytes = [0]
  const modules: LoadedModule[] = []
  let closed = 0
  if (kernel32.processes(ids, ids.length, bytes) === 0) return { modules, processes: 0, closed }
  const processes = bytes[0]! / 4
  for (let index = 0; index < processes; index++) {
    const id = ids.readUInt32LE(4 * index)
    if (id !== 0 && !look(id, fileName, modules)) closed++
  }
  return { modules, processes, closed }
}
