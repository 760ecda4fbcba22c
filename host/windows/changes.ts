// The single changes that installing and removing are made of, each with its way back.

import { type Machine, type RegistryValue, WindowsError } from '../model/machine.ts'
import { type Descriptor, sddlOf } from './descriptor.ts'
import { DLL_NAME, sha256Of } from './dlls.ts'
import type { Step } from './journal.ts'
import { PE_FILE_MAX } from './pe-file.ts'
import { typeName } from './registry-text.ts'
import { ASIDE_NAME } from './survey.ts'

const ASIDE_MAX = 1000

/** Keys on the way to `key` that are not there, the deepest first. */
function missingKeys(machine: Machine, key: string): string[] {
  const missing: string[] = []
  for (let at = key; at.includes('\\') && machine.registry.values(at) === undefined; at = at.slice(0, at.lastIndexOf('\\')))
    missing.push(at)
  return missing
}

/** Writes a registry value; undone, it is as it was before, and so are the keys. */
export function writeValue(machine: Machine, key: string, value: RegistryValue, shown: string): Step {
  return {
    what: `write the registry value ${key}\\${value.name} (${typeName(value.type)}) = ${shown}`,
    run() {
      const before = machine.registry.read(key, value.name)
      const made = missingKeys(machine, key)
      const undo = () => {
        if (before) machine.registry.write(key, before)
        else machine.registry.remove(key, value.name)
        for (const name of made) machine.registry.removeKey(name)
      }
      try {
        machine.registry.write(key, value)
      } catch (error) {
        // The key may have been made, and the value refused: what could not be written need not be put back.
        for (const name of made) machine.registry.removeKey(name)
        throw error
      }
      return undo
    },
  }
}

export function removeValue(machine: Machine, key: string, name: string): Step {
  return {
    what: `remove the registry value ${key}\\${name}`,
    run() {
      const before = machine.registry.read(key, name)
      machine.registry.remove(key, name)
      return before && (() => machine.registry.write(key, before))
    },
  }
}

/** Removes a key of ours with its values. */
export function removeKey(machine: Machine, key: string): Step {
  return {
    what: `remove the registry key ${key}`,
    run() {
      const values = machine.registry.values(key) ?? []
      machine.registry.removeKey(key)
      return () => {
        for (const value of values) machine.registry.write(key, value)
      }
    },
  }
}

/** Makes a folder with its access list, in one step. */
export function makeFolder(machine: Machine, path: string, access: Descriptor): Step {
  const sddl = sddlOf(access)
  return {
    what: `make the folder ${path} with the access list ${sddl}`,
    run() {
      machine.files.createFolder(path, sddl)
      return () => machine.files.removeFolder(path)
    },
  }
}

/** Makes a file with its access list, in one step. */
export function makeFile(machine: Machine, path: string, data: Uint8Array, access: Descriptor): Step {
  const sddl = sddlOf(access)
  return {
    what: `make the file ${path} with the access list ${sddl}`,
    run() {
      machine.files.createWithAccess(path, data, sddl)
      return () => machine.files.remove(path)
    },
  }
}

/** Brings an access list of ours up to date. */
export function setAccess(machine: Machine, path: string, found: Descriptor, wanted: Descriptor): Step {
  return {
    what: `set the access list of ${path} to ${sddlOf(wanted)}; it was ${sddlOf(found)}`,
    run() {
      machine.files.setAccess(path, sddlOf(wanted))
      return () => machine.files.setAccess(path, sddlOf(found))
    },
  }
}

/** A name for a DLL that is in the way: loaded DLLs can be renamed, not removed ("Dynamic-Link Library Updates"). */
function asideName(machine: Machine, folder: string): string {
  for (let number = 0; number < ASIDE_MAX; number++) {
    const path = `${folder}\\mprtap.old-${number}.dll`
    if (machine.files.facts(path) === undefined) return path
  }
  throw new Error(`${folder} has ${ASIDE_MAX} old copies of ${DLL_NAME} already. Restart Windows, which removes them, and try again.`)
}

/**
 * Puts a DLL into a system folder. It is copied there under another name first, so that it inherits the folder's access list, read back, and then
 * renamed; what was there is renamed aside.
 */
export function putDll(machine: Machine, folder: string, bytes: Uint8Array, isThere: boolean): Step {
  const path = `${folder}\\${DLL_NAME}`
  const staged = `${folder}\\mprtap.new.dll`
  return {
    what: `${isThere ? 'replace' : 'copy'} ${path} (${bytes.length} bytes, SHA-256 ${sha256Of(bytes)})`,
    run() {
      const undos: (() => void)[] = []
      const undo = () => undoAll(undos)
      try {
        // Left by a run that was ended in its middle.
        if (machine.files.facts(staged)) machine.files.remove(staged)
        machine.files.create(staged, bytes)
        undos.push(() => removeOrAside(machine, staged))
        if (sha256Of(machine.files.read(staged, PE_FILE_MAX)) !== sha256Of(bytes)) {
          throw new Error(`${staged} does not hold what was written into it; another program changes files there.`)
        }
        if (isThere) {
          const aside = asideName(machine, folder)
          machine.files.rename(path, aside)
          undos.push(() => machine.files.rename(aside, path))
        }
        machine.files.rename(staged, path)
        undos.push(() => machine.files.rename(path, staged))
      } catch (error) {
        undo()
        throw error
      }
      return undo
    },
  }
}

/** The last first, and all of them, even if one fails. */
function undoAll(undos: (() => void)[]): void {
  const failures: unknown[] = []
  for (const undo of undos.reverse()) {
    try {
      undo()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

/** Takes a DLL away from its name; the file itself goes when the work is done (removeAsides). */
export function takeDll(machine: Machine, folder: string): Step {
  const path = `${folder}\\${DLL_NAME}`
  return {
    what: `remove ${path}`,
    run() {
      const aside = asideName(machine, folder)
      machine.files.rename(path, aside)
      return () => machine.files.rename(aside, path)
    },
  }
}

/** A new DLL may have been loaded already: then it stays under another name until the next start. */
function removeOrAside(machine: Machine, path: string): void {
  try {
    machine.files.remove(path)
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    machine.files.removeAtRestart(path)
  }
}

/** What became of old copies. */
export interface Cleaned {
  readonly removed: readonly string[]
  /** Still loaded somewhere: Windows removes them when it starts next. */
  readonly atRestart: readonly string[]
  /** Neither was possible. */
  readonly kept: readonly string[]
}

/**
 * Removes the old copies in a system folder, or has Windows do it. This comes after everything else and is never undone; what cannot be removed is
 * told, and the next run tries again.
 */
export function removeAsides(machine: Machine, folder: string, isPending: (path: string) => boolean): Cleaned {
  const removed: string[] = []
  const atRestart: string[] = []
  const kept: string[] = []
  for (const name of machine.files.list(folder).filter((name) => ASIDE_NAME.test(name))) {
    const path = `${folder}\\${name}`
    try {
      machine.files.remove(path)
      removed.push(path)
    } catch {
      try {
        if (!isPending(path)) machine.files.removeAtRestart(path)
        atRestart.push(path)
      } catch {
        kept.push(path)
      }
    }
  }
  return { removed, atRestart, kept }
}
