// What of mprtap is on a machine: facts for install, uninstall, status and doctor. Nothing is changed.

import { win32 } from 'node:path'
import {
  ERROR_ACCESS_DENIED,
  type Machine,
  type PathFacts,
  REG_EXPAND_SZ,
  REG_SZ,
  type RegistryValue,
  WindowsError,
} from '../model/machine.ts'
import { windowsPathFault } from '../model/windows-path.ts'
import { isBaseFolder } from '../rings/base-folder.ts'
import { CONTROL_NAME } from '../rings/control-file.ts'
import { BASE_ACCESS, CONTROL_ACCESS, FOLDERS, type Folder, folderAccess, isFormerAccess } from './access.ts'
import { type Descriptor, parseDescriptor, sameAccess, sddlOf } from './descriptor.ts'
import { type Architecture, DLL_NAME, MACHINE_OF, type PackageDlls, sha256Of, systemFolders } from './dlls.ts'
import { PE_FILE_MAX, type PeFacts, parsePe } from './pe-file.ts'
import { textOfValue, typeName } from './registry-text.ts'

export const NETWORK_PROVIDER_KEY = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\NetworkProvider'
export const NOTIFYEES_KEY = `${NETWORK_PROVIDER_KEY}\\Notifyees`
export const VALUE_NAME = 'mprtap'
export const SETTINGS_KEY = 'HKLM\\SOFTWARE\\mprtap'
export const DIRECTORY_VALUE = 'Directory'
export const UNINSTALL_KEY = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\mprtap'
export const EVENT_SOURCE_KEY = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\mprtap'
/** Names that an old DLL gets when it is in the way. */
export const ASIDE_NAME = /^mprtap\.(?:old-\d{1,3}|new)\.dll$/i

/** A DLL of ours in a system folder, or what is in its place. */
export interface InstalledDll {
  readonly architecture: Architecture
  readonly folder: string
  readonly path: string
  /**
   * `absent`; `current`: the one of this package; `other`: an mprtap of another build; `foreign`: no mprtap at all, or no plain file; `damaged`: an
   * mprtap for another machine; `unreadable`: Windows does not let us read it.
   */
  readonly state: 'absent' | 'current' | 'other' | 'foreign' | 'damaged' | 'unreadable'
  readonly sha256: string | undefined
  readonly pe: PeFacts | undefined
  readonly facts: PathFacts | undefined
}

/** A folder, or the control file, and whether its access list is the wanted one. */
export interface Place {
  readonly name: Folder | 'base' | 'control'
  readonly path: string
  readonly wanted: Descriptor
  readonly found: Descriptor | undefined
  /**
   * `absent`; `right`; `former`: ours, to be brought up to date; `foreign`: somebody else's, or a link, or not what it should be; `unverified`:
   * Windows (or Wine, which keeps no access lists) does not tell.
   */
  readonly state: 'absent' | 'right' | 'former' | 'foreign' | 'unverified'
  /** Of `foreign`: what is wrong, as the end of a sentence that begins with the path. */
  readonly fault: string | undefined
}

/** A value under Notifyees. */
export interface Registration {
  readonly value: RegistryValue | undefined
  /** As it is stored. */
  readonly text: string | undefined
  /** `right`; `absent`; `repairable`: ours, written in another way; `foreign`: something else under our name. */
  readonly state: 'right' | 'absent' | 'repairable' | 'foreign'
}

export interface Survey {
  readonly folder: string
  readonly dlls: readonly InstalledDll[]
  readonly places: readonly Place[]
  readonly registration: Registration
  /** Other values under Notifyees that lead to our DLL: each makes MPR call it once more. */
  readonly duplicates: readonly string[]
  /** Paths of old copies beside the DLLs. */
  readonly asides: readonly string[]
  /** The folder that the registry names; `undefined` when it names none that the DLL uses. */
  readonly directorySetting: string | undefined
  /** Why the DLL records nothing: the registry names a folder that may not be used. */
  readonly directoryFault: string | undefined
  /** SID of the service that the ring folders let read, if any. */
  readonly service: string | undefined
}

/** The folder that is used when none is set: as the DLL has it, on the drive of Windows. */
export const defaultFolder = (machine: Machine): string => win32.join(win32.parse(machine.windowsFolder).root, 'ProgramData', 'mprtap')

/** Why a folder that somebody names cannot be mprtap's, as a sentence. It is not looked at for that. */
export function folderFault(machine: Machine, folder: string | undefined): string | undefined {
  if (folder === undefined || (isBaseFolder(folder) && windowsPathFault(folder) === undefined)) return undefined
  return `${folder} cannot hold the rings: give a plain, absolute path to a folder on a drive of this machine, such as ${defaultFolder(machine)}.`
}

/** The path that the registry value holds: absolute, without a variable that a user's environment could fill. */
export const registeredPath = (machine: Machine): string => `${machine.windowsFolder}\\System32\\${DLL_NAME}`

/**
 * @param options.folder where rings are to be, if not where the registry says.
 * @param options.service SID of the service that may read; without it, the one that may now.
 */
export function survey(
  machine: Machine,
  dlls: PackageDlls,
  options: { folder?: string | undefined; service?: string | undefined } = {},
): Survey {
  const { setting: directorySetting, fault: directoryFault } = directoryOf(machine)
  const folder = options.folder ?? directorySetting ?? defaultFolder(machine)
  const service = options.service ?? currentService(machine, folder)
  return {
    folder,
    dlls: systemFolders(machine).map(({ path, architecture }) => installedDll(machine, dlls, path, architecture)),
    places: places(machine, folder, service),
    registration: registrationOf(machine),
    duplicates: duplicatesOf(machine),
    asides: systemFolders(machine).flatMap(({ path }) => asidesIn(machine, path)),
    directorySetting,
    directoryFault,
    service,
  }
}

/** As the DLL takes it: only a REG_SZ with a plain path on a drive is used; with any other value there is no folder at all. */
function directoryOf(machine: Machine): { setting: string | undefined; fault: string | undefined } {
  const value = machine.registry.read(SETTINGS_KEY, DIRECTORY_VALUE)
  if (value === undefined) return { setting: undefined, fault: undefined }
  const text = value.type === REG_SZ ? textOfValue(value) : undefined
  const path = text?.replace(/\\$/, '')
  if (path !== undefined && isBaseFolder(path)) return { setting: path, fault: undefined }
  const what = text === undefined ? `is ${value.isTooLong ? 'too long' : `of type ${typeName(value.type)}`}` : `is "${text}"`
  const fault = `The value ${DIRECTORY_VALUE} of ${SETTINGS_KEY} ${what}, so nothing is recorded: it has to be a REG_SZ with a plain path to a folder on a disk of this machine. mprtap install sets it.`
  return { setting: undefined, fault }
}

/** Where rings are on this machine, or why there are none. */
export function foundFolder(machine: Machine): { readonly folder: string; readonly fault: string | undefined } {
  const { setting, fault } = directoryOf(machine)
  return { folder: setting ?? defaultFolder(machine), fault }
}

/** The folders and the control file, judged by the service that may read them now. */
export const placesOf = (machine: Machine, folder: string): readonly Place[] => places(machine, folder, currentService(machine, folder))

function installedDll(machine: Machine, { dlls }: PackageDlls, folder: string, architecture: Architecture): InstalledDll {
  const path = `${folder}\\${DLL_NAME}`
  const what = { architecture, folder, path, sha256: undefined, pe: undefined }
  const facts = machine.files.facts(path)
  if (!facts) return { ...what, state: 'absent', facts }
  if (facts.kind !== 'file' || facts.linkCount !== 1) return { ...what, state: 'foreign', facts }
  let bytes: Uint8Array
  try {
    bytes = machine.files.read(path, PE_FILE_MAX)
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    return { ...what, state: error.number === ERROR_ACCESS_DENIED ? 'unreadable' : 'foreign', facts }
  }
  const sha256 = sha256Of(bytes)
  const pe = parsePe(bytes)
  const isMprtap = pe?.product === 'mprtap'
  const fits = pe?.machine === MACHINE_OF[architecture]
  const state = sha256 === dlls[architecture].sha256 ? 'current' : !isMprtap ? 'foreign' : fits ? 'other' : 'damaged'
  return { ...what, state, sha256, pe, facts }
}

function places(machine: Machine, folder: string, service: string | undefined): Place[] {
  const base = place(machine, 'base', folder, BASE_ACCESS)
  const below = FOLDERS.map((name) => place(machine, name, `${folder}\\${name}`, folderAccess(name, service)))
  return [base, ...below, place(machine, 'control', `${folder}\\${CONTROL_NAME}`, CONTROL_ACCESS)]
}

function place(machine: Machine, name: Place['name'], path: string, wanted: Descriptor): Place {
  const what = { name, path, wanted }
  const facts = machine.files.facts(path)
  if (!facts) return { ...what, found: undefined, state: 'absent', fault: undefined }
  const kind = name === 'control' ? 'file' : 'folder'
  const found = facts.descriptor && parseDescriptor(facts.descriptor)
  const foreign = (fault: string): Place => ({ ...what, found, state: 'foreign', fault })
  if (facts.kind !== kind) return foreign(`is a ${facts.kind}, not a ${kind}`)
  if (kind === 'file' && facts.linkCount !== 1) return foreign('has several names')
  if (machine.isWine || !found) return { ...what, found, state: 'unverified', fault: undefined }
  if (sameAccess(found, wanted)) return { ...what, found, state: 'right', fault: undefined }
  if (isFormerAccess(name, found)) return { ...what, found, state: 'former', fault: undefined }
  return foreign(`has the access list ${sddlOf(found)} instead of ${sddlOf(wanted)}`)
}

/** Whose entry stands at the end of the list of `users`. */
function currentService(machine: Machine, folder: string): string | undefined {
  const descriptor = machine.files.facts(`${folder}\\users`)?.descriptor
  const last = descriptor && parseDescriptor(descriptor)?.entries?.at(-1)
  return last?.sid.startsWith('S-1-5-80-') ? last.sid : undefined
}

/** Whether a text under Notifyees leads to our DLL in System32, however it is written. */
function leadsToUs(machine: Machine, text: string | undefined): boolean {
  if (text === undefined) return false
  const expanded = text.replace(/%(?:SystemRoot|windir)%/gi, () => machine.windowsFolder).replaceAll('/', '\\')
  return expanded.toLowerCase() === registeredPath(machine).toLowerCase()
}

function registrationOf(machine: Machine): Registration {
  const value = machine.registry.read(NOTIFYEES_KEY, VALUE_NAME)
  const text = textOfValue(value)
  if (!value) return { value, text, state: 'absent' }
  if (value.type === REG_EXPAND_SZ && text === registeredPath(machine)) return { value, text, state: 'right' }
  return { value, text, state: leadsToUs(machine, text) ? 'repairable' : 'foreign' }
}

function duplicatesOf(machine: Machine): string[] {
  return (machine.registry.values(NOTIFYEES_KEY) ?? [])
    .filter(({ name }) => name.toLowerCase() !== VALUE_NAME)
    .filter((value) => leadsToUs(machine, textOfValue(value)))
    .map(({ name }) => name)
}

/** The sentence for people when the DLL is registered more than once; `undefined`: it is not. */
export function doubleRecording(machine: Machine): string | undefined {
  const names = (machine.registry.values(NOTIFYEES_KEY) ?? [])
    .filter((value) => leadsToUs(machine, textOfValue(value)))
    .map(({ name }) => name)
  if (names.length < 2) return undefined
  return `The DLL is registered ${names.length} times under Notifyees (${names.join(', ')}): every operation is recorded as many times. "mprtap install" puts it right.`
}

function asidesIn(machine: Machine, folder: string): string[] {
  return machine.files
    .list(folder)
    .filter((name) => ASIDE_NAME.test(name))
    .map((name) => `${folder}\\${name}`)
}
