// A Windows machine in memory: registry, files with access lists, loaded DLLs. It is as unkind as Windows: loaded DLLs can be renamed, not removed;
// names are compared without case; nothing is replaced; any call that changes something can be made to fail.

import {
  type Elevation,
  ERROR_ACCESS_DENIED,
  ERROR_ALREADY_EXISTS,
  ERROR_FILE_EXISTS,
  ERROR_FILE_NOT_FOUND,
  ERROR_PATH_NOT_FOUND,
  ERROR_SHARING_VIOLATION,
  type LoadedModule,
  MACHINE_X64,
  type Machine,
  type PathFacts,
  REG_MULTI_SZ,
  type RegistryValue,
  WindowsError,
} from '../../host/model/machine.ts'
import { PENDING_RENAMES, SESSION_MANAGER_KEY } from '../../host/windows/pending-renames.ts'
import { stringsOf } from '../../host/windows/registry-text.ts'
import { descriptorBytes } from './descriptor-bytes.ts'

interface Thing {
  path: string
  kind: PathFacts['kind']
  data: Uint8Array
  linkCount: number
  sddl: string
  isLoaded: boolean
}

const INHERITED = 'O:BAG:BAD:(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;BU)'
const parentOf = (path: string) => path.slice(0, path.lastIndexOf('\\'))
const lower = (text: string) => text.toLowerCase()

export interface FakeOptions {
  readonly elevation?: Elevation
  readonly bits?: 32 | 64
  readonly nativeMachine?: number
  readonly hasWow64?: boolean
  readonly isWine?: boolean
}

export class FakeMachine implements Machine {
  readonly isWine: boolean
  readonly nativeMachine: number
  readonly bits: 32 | 64
  elevation: Elevation
  readonly windowsFolder = 'C:\\Windows'
  readonly wow64Folder: string | undefined
  /** Calls that changed something, or tried to. */
  calls = 0
  /** The number of the call that fails, counted from 1, and its error. */
  failAt = 0
  failWith = ERROR_ACCESS_DENIED
  /** From that call on nothing happens any more: the process was ended. */
  killed = false
  killAt = 0
  /** Calls that fail whenever their description matches. */
  refuse: { pattern: RegExp; error: number } | undefined
  isLocked = false
  /** Is called before each call that changes something: what other programs do meanwhile. */
  beforeChange: (() => void) | undefined
  modules: LoadedModule[] = []

  readonly #keys = new Map<string, { name: string; values: Map<string, RegistryValue> }>()
  readonly #things = new Map<string, Thing>()

  constructor({ elevation = 'elevated', bits = 64, nativeMachine = MACHINE_X64, hasWow64 = true, isWine = false }: FakeOptions = {}) {
    this.elevation = elevation
    this.bits = bits
    this.nativeMachine = nativeMachine
    this.isWine = isWine
    this.wow64Folder = hasWow64 ? 'C:\\Windows\\SysWOW64' : undefined
    for (const path of ['C:', 'C:\\Windows', 'C:\\Windows\\System32', 'C:\\ProgramData', ...(hasWow64 ? ['C:\\Windows\\SysWOW64'] : [])]) {
      this.put(path, 'folder')
    }
    for (const key of ['HKLM', 'HKLM\\SYSTEM', 'HKLM\\SYSTEM\\CurrentControlSet', 'HKLM\\SOFTWARE', 'HKCU', 'HKU']) this.addKey(key)
    this.addKey('HKLM\\SYSTEM\\CurrentControlSet\\Control')
    this.addKey(SESSION_MANAGER_KEY)
    this.addKey('HKLM\\SYSTEM\\CurrentControlSet\\Control\\NetworkProvider')
  }

  // ── What tests put there, past all checks ──

  put(path: string, kind: PathFacts['kind'], what: Partial<Thing> = {}): void {
    const { data = new Uint8Array(), sddl = INHERITED, linkCount = 1, isLoaded = false } = what
    this.#things.set(lower(path), { path, kind, data, sddl, linkCount, isLoaded })
  }

  take(path: string): void {
    this.#things.delete(lower(path))
  }

  load(path: string, isLoaded = true): void {
    this.#things.get(lower(path))!.isLoaded = isLoaded
  }

  addKey(key: string): Map<string, RegistryValue> {
    if (!this.#keys.has(lower(key))) this.#keys.set(lower(key), { name: key, values: new Map() })
    return this.#keys.get(lower(key))!.values
  }

  removeKeyTree(key: string): void {
    for (const name of [...this.#keys.keys()]) if (`${name}\\`.startsWith(`${lower(key)}\\`)) this.#keys.delete(name)
  }

  setValue(key: string, value: RegistryValue): void {
    this.addKey(key).set(lower(value.name), value)
  }

  sddlAt(path: string): string | undefined {
    return this.#things.get(lower(path))?.sddl
  }

  /** What Windows does with its list at its next start. */
  restart(): void {
    for (const thing of this.#things.values()) thing.isLoaded = false
    const strings = stringsOf(this.#keys.get(lower(SESSION_MANAGER_KEY))!.values.get(lower(PENDING_RENAMES))?.data ?? new Uint8Array())
    for (let index = 0; index < strings.length; index += 2) if (strings[index]) this.take(strings[index]!.replace('\\??\\', ''))
    this.#keys.get(lower(SESSION_MANAGER_KEY))!.values.delete(lower(PENDING_RENAMES))
  }

  /** Everything that an installation could have changed, to be compared. */
  state(): unknown {
    const things = [...this.#things.values()].map(({ path, kind, data, sddl }) => [path, kind, Buffer.from(data).toString('hex'), sddl])
    const values = [...this.#keys.values()].flatMap(({ name, values }) =>
      values.size === 0
        ? [[name]]
        : [...values.values()].map((value) => [name, value.name, value.type, Buffer.from(value.data).toString('hex')]),
    )
    return [...things, ...values].map((entry) => entry.join(' | ')).sort()
  }

  // ── The machine ──

  #change(what: string): void {
    if (this.killed) throw new Killed()
    this.beforeChange?.()
    this.calls++
    if (this.calls === this.killAt) {
      this.killed = true
      throw new Killed()
    }
    if (this.calls === this.failAt) throw new WindowsError(what, this.failWith)
    if (this.refuse?.pattern.test(what)) throw new WindowsError(what, this.refuse.error)
  }

  readonly registry: Machine['registry'] = {
    read: (key, name) => this.#keys.get(lower(key))?.values.get(lower(name)),
    values: (key) => {
      const found = this.#keys.get(lower(key))
      return found && [...found.values.values()]
    },
    keys: (key) => {
      if (!this.#keys.has(lower(key))) return undefined
      return [...this.#keys.values()]
        .map(({ name }) => name)
        .filter((name) => lower(parentOf(name)) === lower(key))
        .map((name) => name.slice(key.length + 1))
    },
    write: (key, value) => {
      this.#change(`writing the registry value ${value.name} of ${key}`)
      for (let at = key; at.includes('\\'); at = parentOf(at)) this.addKey(at)
      this.setValue(key, value)
    },
    remove: (key, name) => {
      this.#change(`removing the registry value ${name} of ${key}`)
      this.#keys.get(lower(key))?.values.delete(lower(name))
    },
    removeKey: (key) => {
      this.#change(`removing the registry key ${key}`)
      if ([...this.#keys.keys()].some((name) => parentOf(name) === lower(key)))
        throw new WindowsError(`removing ${key}`, ERROR_ACCESS_DENIED)
      this.#keys.delete(lower(key))
    },
  }

  #thing(path: string): Thing {
    const thing = this.#things.get(lower(path))
    if (!thing) throw new WindowsError(`opening ${path}`, ERROR_FILE_NOT_FOUND)
    return thing
  }

  #make(path: string, thing: Omit<Thing, 'path' | 'linkCount' | 'isLoaded'>): void {
    if (this.#things.has(lower(path)))
      throw new WindowsError(`making ${path}`, thing.kind === 'folder' ? ERROR_ALREADY_EXISTS : ERROR_FILE_EXISTS)
    if (this.#things.get(lower(parentOf(path)))?.kind !== 'folder') throw new WindowsError(`making ${path}`, ERROR_PATH_NOT_FOUND)
    this.put(path, thing.kind, thing)
  }

  readonly files: Machine['files'] = {
    facts: (path) => {
      const thing = this.#things.get(lower(path))
      return (
        thing && {
          kind: thing.kind,
          size: thing.data.length,
          linkCount: thing.linkCount,
          writtenAt: 0,
          descriptor: descriptorBytes(thing.sddl),
        }
      )
    },
    read: (path, max) => {
      const { kind, data } = this.#thing(path)
      if (kind !== 'file' || data.length > max) throw new WindowsError(`reading ${path}`, 13)
      return data
    },
    create: (path, data) => {
      this.#change(`making ${path}`)
      this.#make(path, { kind: 'file', data, sddl: INHERITED })
    },
    createWithAccess: (path, data, sddl) => {
      this.#change(`making ${path}`)
      this.#make(path, { kind: 'file', data, sddl })
    },
    overwrite: (path, data) => {
      this.#change(`writing ${path}`)
      const thing = this.#thing(path)
      const bytes = new Uint8Array(Math.max(thing.data.length, data.length))
      bytes.set(thing.data)
      bytes.set(data)
      thing.data = bytes
    },
    rename: (from, to) => {
      this.#change(`renaming ${from} to ${to}`)
      const thing = this.#thing(from)
      if (this.#things.has(lower(to))) throw new WindowsError(`renaming ${from}`, ERROR_ALREADY_EXISTS)
      this.#things.delete(lower(from))
      this.#things.set(lower(to), { ...thing, path: to })
    },
    remove: (path) => {
      this.#change(`removing ${path}`)
      const { isLoaded, kind } = this.#thing(path)
      if (isLoaded || kind === 'folder')
        throw new WindowsError(`removing ${path}`, isLoaded ? ERROR_SHARING_VIOLATION : ERROR_ACCESS_DENIED)
      this.take(path)
    },
    removeAtRestart: (path) => {
      this.#change(`having ${path} removed at the next restart`)
      const before = this.registry.read(SESSION_MANAGER_KEY, PENDING_RENAMES)
      const text = `${before ? Buffer.from(before.data).toString('utf16le').slice(0, -1) : ''}\\??\\${path}\0\0\0`
      this.setValue(SESSION_MANAGER_KEY, { name: PENDING_RENAMES, type: REG_MULTI_SZ, data: new Uint8Array(Buffer.from(text, 'utf16le')) })
    },
    createFolder: (path, sddl) => {
      this.#change(`making the folder ${path}`)
      this.#make(path, { kind: 'folder', data: new Uint8Array(), sddl })
    },
    removeFolder: (path) => {
      this.#change(`removing the folder ${path}`)
      if (this.#thing(path).kind === 'file') throw new WindowsError(`removing the folder ${path}`, 267)
      if ([...this.#things.keys()].some((name) => parentOf(name) === lower(path)))
        throw new WindowsError(`removing the folder ${path}`, 145)
      this.take(path)
    },
    setAccess: (path, sddl) => {
      this.#change(`setting the access list of ${path}`)
      this.#thing(path).sddl = sddl
    },
    list: (path) =>
      [...this.#things.values()]
        .filter((thing) => lower(parentOf(thing.path)) === lower(path))
        .map((thing) => thing.path.slice(path.length + 1)),
  }

  loadedModules(fileName: RegExp): ReturnType<Machine['loadedModules']> {
    const modules = this.modules.filter(({ path }) => fileName.test(path.slice(path.lastIndexOf('\\') + 1)))
    return { modules, processes: 10, closed: 0 }
  }

  accountName(sid: string): string | undefined {
    return { 'S-1-5-32-544': 'BUILTIN\\Administrators', 'S-1-5-21-1-2-3-1001': 'CORP\\mallory' }[sid]
  }

  lock(): (() => void) | undefined {
    if (this.isLocked) return undefined
    this.isLocked = true
    return () => {
      this.isLocked = false
    }
  }
}

/** The process that worked on the machine is no more: nothing of it runs, not even what would undo. */
export class Killed extends Error {}
