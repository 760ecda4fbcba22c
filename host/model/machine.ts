// What the verbs that install, audit and diagnose need of a Windows machine. host/system/ has the real one, tests/windows/ one in memory:
// facts go in and out, nothing is judged here.

/** A value of the registry, as it is stored: nothing is expanded. */
export interface RegistryValue {
  readonly name: string
  /** REG_*. */
  readonly type: number
  /** Empty when it is longer than {@link REGISTRY_VALUE_MAX}. */
  readonly data: Uint8Array
  readonly isTooLong?: boolean
}

/** Bytes of a registry value that are read. */
export const REGISTRY_VALUE_MAX = 1 << 20
/** Values, or keys, of one key that are listed. */
export const REGISTRY_NAMES_MAX = 10_000

export const REG_SZ = 1
export const REG_EXPAND_SZ = 2
export const REG_DWORD = 4
export const REG_MULTI_SZ = 7

/**
 * The registry as 64-bit programs see it. Keys begin with `HKLM\`, `HKCU\` or `HKU\`. A value that is not there is `undefined`.
 * Everything else that goes wrong is a WindowsError.
 */
export interface Registry {
  read(key: string, name: string): RegistryValue | undefined
  values(key: string): readonly RegistryValue[] | undefined
  keys(key: string): readonly string[] | undefined
  /** Makes the key when it is missing. */
  write(key: string, value: RegistryValue): void
  /** Nothing happens when the value is not there. */
  remove(key: string, name: string): void
  /** Removes a key that has no keys below it, with its values. Nothing happens when it is not there. */
  removeKey(key: string): void
}

/** What stands under a path; links are not followed. */
export interface PathFacts {
  readonly kind: 'file' | 'folder' | 'link'
  /** Bytes. */
  readonly size: number
  readonly linkCount: number
  /** Epoch ms. */
  readonly writtenAt: number
  /** A self-relative security descriptor with owner and DACL; `undefined` when Windows will not tell. */
  readonly descriptor: Uint8Array | undefined
}

/** Files and folders by absolute Windows paths. Everything that goes wrong is a WindowsError. */
export interface MachineFiles {
  /** `undefined`: nothing is there. */
  facts(path: string): PathFacts | undefined
  /** The bytes of a plain file that has `max` at most; links are not followed. */
  read(path: string, max: number): Uint8Array
  /** Makes a file, which inherits the folder's access list. Fails when the name is taken. */
  create(path: string, data: Uint8Array): void
  /** Makes a file with an access list of its own, in one step. Fails when the name is taken. */
  createWithAccess(path: string, data: Uint8Array, sddl: string): void
  /** Writes into a file that is there, from its beginning; its length stays, who has it mapped sees the bytes. */
  overwrite(path: string, data: Uint8Array): void
  /** Within one folder. Fails when the new name is taken. */
  rename(from: string, to: string): void
  /** A file. */
  remove(path: string): void
  /** Has Windows remove a file when it starts next. */
  removeAtRestart(path: string): void
  /** Makes one folder with its access list in one step. Fails when the name is taken. */
  createFolder(path: string, sddl: string): void
  /** An empty folder. */
  removeFolder(path: string): void
  /** Gives what is there already this access list, and its owner; links are not followed. */
  setAccess(path: string, sddl: string): void
  /** Names in a folder, {@link FOLDER_NAMES_MAX} at most. */
  list(path: string): string[]
}

export const FOLDER_NAMES_MAX = 100_000

/** A DLL that a process has loaded. */
export interface LoadedModule {
  readonly processId: number
  /** File name of the program; empty when Windows will not tell. */
  readonly image: string
  /** The path under which it was loaded. */
  readonly path: string
  /** `TimeDateStamp` of the PE header in the process's memory; `undefined` when it cannot be read. */
  readonly stamp: number | undefined
}

/** The processes that were looked into. */
export interface ModuleListing {
  readonly modules: readonly LoadedModule[]
  readonly processes: number
  /** Processes that Windows does not let us look into. */
  readonly closed: number
}

/** The rights that this process has. `limited`: an administrator who has not elevated the program. */
export type Elevation = 'elevated' | 'limited' | 'none'

/** IMAGE_FILE_MACHINE_*. */
export const MACHINE_X86 = 0x14c
export const MACHINE_X64 = 0x8664
export const MACHINE_ARM64 = 0xaa64

/** A Windows machine, or what the tests make of one. */
export interface Machine {
  /** Wine keeps no access lists: what is read of them there says nothing. */
  readonly isWine: boolean
  /** IMAGE_FILE_MACHINE_* of the processor, whatever this process is emulated as. */
  readonly nativeMachine: number
  /** Bits of a pointer of this process. */
  readonly bits: 32 | 64
  readonly elevation: Elevation
  /** Such as `C:\Windows`. */
  readonly windowsFolder: string
  /** Where 32-bit programs look when they ask for System32, such as `C:\Windows\SysWOW64`; `undefined` on a machine without. */
  readonly wow64Folder: string | undefined
  readonly registry: Registry
  readonly files: MachineFiles
  /** The DLLs of this name pattern that processes have loaded now. */
  loadedModules(fileName: RegExp): ModuleListing
  /** Names for people: `DOMAIN\name` of a SID, or `undefined`. May take as long as a domain controller does. */
  accountName(sid: string): string | undefined
  /** Taken until released, or until this process ends; `undefined` when another process has it. */
  lock(path: string): (() => void) | undefined
}

/** A call of Windows that failed. `number` is its error. */
export class WindowsError extends Error {
  /** What was called, and on what. */
  readonly what: string
  readonly number: number

  constructor(what: string, number: number) {
    super(`${what} failed with Windows error ${number}${REASONS[number] ? `: ${REASONS[number]}` : ''}`)
    this.name = 'WindowsError'
    this.what = what
    this.number = number
  }
}

export const ERROR_FILE_NOT_FOUND = 2
export const ERROR_PATH_NOT_FOUND = 3
export const ERROR_ACCESS_DENIED = 5
export const ERROR_SHARING_VIOLATION = 32
export const ERROR_FILE_EXISTS = 80
export const ERROR_ALREADY_EXISTS = 183

/** "System Error Codes", in our words: the ones that these verbs meet. */
const REASONS: Readonly<Record<number, string>> = {
  [ERROR_FILE_NOT_FOUND]: 'it is not there',
  [ERROR_PATH_NOT_FOUND]: 'a folder on the way is not there',
  [ERROR_ACCESS_DENIED]: 'access is denied',
  19: 'the disk is write-protected',
  [ERROR_SHARING_VIOLATION]: 'another program has it open',
  [ERROR_FILE_EXISTS]: 'the name is taken',
  112: 'the disk is full',
  145: 'the folder is not empty',
  [ERROR_ALREADY_EXISTS]: 'the name is taken',
  1260: 'a policy of this machine forbids it',
  1307: 'this account may not be made the owner',
  1314: 'this account lacks the right to do it',
}
