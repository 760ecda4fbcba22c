// Putting mprtap on a machine, or bringing it up to date: DLLs, folders, settings, and the registry value last, so that whatever ends the work in
// its middle leaves nothing that MPR would load.

import { type Machine, type Registry, WindowsError } from '../model/machine.ts'
import { CONTROL_DEFAULT, controlBytes } from '../rings/control-file.ts'
import { makeFile, makeFolder, putDll, removeAsides, removeValue, setAccess, writeValue } from './changes.ts'
import { coverageGap, DLL_NAME, type PackageDlls } from './dlls.ts'
import { runSteps, type Step } from './journal.ts'
import { BUSY, type Changed, EXIT_BUSY, EXIT_RESTART, EXIT_SUCCESS, lockPath, refused, whyNot } from './outcome.ts'
import { compareVersions } from './pe-file.ts'
import { isPending, PENDING_RENAMES, SESSION_MANAGER_KEY, withoutPending } from './pending-renames.ts'
import { numberOfValue, numberValue, pathValue, textOfValue, textValue } from './registry-text.ts'
import { filesToSeal } from './seal.ts'
import { serviceSid } from './service-sid.ts'
import {
  DIRECTORY_VALUE,
  EVENT_SOURCE_KEY,
  folderFault,
  NOTIFYEES_KEY,
  registeredPath,
  SETTINGS_KEY,
  type Survey,
  survey,
  UNINSTALL_KEY,
  VALUE_NAME,
} from './survey.ts'

export interface InstallOptions {
  /** Where rings are to be kept. Without it: where they are, or `ProgramData\mprtap` on the drive of Windows. */
  readonly folder?: string | undefined
  /** Name of a service whose account may read the rings. */
  readonly service?: string | undefined
  /** Replace a newer DLL, too. */
  readonly downgrade?: boolean | undefined
  /** For golden images: leave no rings, no positions of consumers and no old copies. */
  readonly seal?: boolean | undefined
  /** Change nothing, only tell. */
  readonly dryRun?: boolean | undefined
  /** The command line that removes it again, for the list of installed programs. */
  readonly uninstallCommand: string
}

/** The names of services that Windows itself accepts, as far as we need them. */
const SERVICE_NAME = /^[\w.-]{1,80}$/

/** Installs, repairs or upgrades. All of it happens, or nothing. */
export function install(machine: Machine, dlls: PackageDlls, options: InstallOptions): Changed {
  const unable = whyNot(machine, 'install')
  if (unable !== undefined && !options.dryRun) return refused(unable)
  if (options.service !== undefined && !SERVICE_NAME.test(options.service)) {
    return refused(
      `"${options.service}" is not the name of a service. Give the name, such as mprtap, not the display name of services.msc.`,
    )
  }
  const fault = folderFault(machine, options.folder)
  if (fault !== undefined) return refused(fault)
  return withLock(machine, options.dryRun === true, () => {
    const found = survey(machine, dlls, {
      folder: options.folder,
      service: options.service === undefined ? undefined : serviceSid(options.service),
    })
    const obstacle = obstacleTo(machine, found, dlls, options)
    if (obstacle !== undefined) return refused(obstacle)
    const steps = stepsFor(machine, found, dlls, options)
    const notes = notesFor(machine, found)
    if (unable !== undefined) notes.push(unable)
    const sealed = options.seal ? filesToSeal(machine, found) : []
    if (options.dryRun) {
      const changes = [...steps.map(({ what }) => what), ...sealed.map((path) => `remove ${path}`)]
      return { exitCode: EXIT_SUCCESS, changes, notes, error: undefined }
    }
    return carryOut(machine, found, steps, notes, () => removeAll(machine, sealed, notes))
  })
}

/** Takes the lock for as long as `work` takes. To look needs no lock. */
export function withLock(machine: Machine, isLooking: boolean, work: () => Changed): Changed {
  let release: (() => void) | undefined
  try {
    release = isLooking ? () => {} : machine.lock(lockPath(machine))
    if (!release) return refused(BUSY, EXIT_BUSY)
    return work()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return refused(`Nothing was changed: ${error.message}.`.replace(/\.\.$/, '.'))
  } finally {
    release?.()
  }
}

/** Runs the steps, and then what is never undone. */
export function carryOut(
  machine: Machine,
  found: Survey,
  steps: readonly Step[],
  notes: string[],
  last: () => string[] = () => [],
): Changed {
  const { failure, notUndone } = runSteps(steps)
  if (failure) {
    const reason = failure.error instanceof Error ? failure.error.message : String(failure.error)
    const rest = notUndone.length === 0 ? 'Everything is as it was before.' : `These steps could not be undone: ${notUndone.join('; ')}.`
    return refused(`The step "${failure.step.what}" failed: ${reason}. ${rest}${adviceFor(failure.error)}`)
  }
  const changes = [...steps.map(({ what }) => what), ...last()]
  let needsRestart = false
  for (const folder of new Set(found.dlls.map(({ folder }) => folder))) {
    const { removed, atRestart, kept } = removeAsides(machine, folder, (path) => isPending(machine, path))
    changes.push(...removed.map((path) => `removed the old copy ${path}`))
    for (const path of atRestart) notes.push(`${path} is still loaded in a program; Windows removes it at its next start.`)
    for (const path of kept) notes.push(`${path} can be removed neither now nor at the next start; run this again after a restart.`)
    needsRestart ||= atRestart.length > 0
  }
  return { exitCode: needsRestart ? EXIT_RESTART : EXIT_SUCCESS, changes, notes, error: undefined }
}

/** Removes files, and folders that are empty then, one by one; what stays is noted. */
export function removeAll(machine: Machine, paths: readonly string[], notes: string[]): string[] {
  const removed: string[] = []
  for (const path of paths) {
    try {
      removeOne(machine, path)
      removed.push(`removed ${path}`)
    } catch (error) {
      if (!(error instanceof WindowsError)) throw error
      notes.push(`${path} stays: ${error.message}.`)
    }
  }
  return removed
}

/** A link goes itself, never what it leads to; one to a folder is removed as a folder is. */
function removeOne(machine: Machine, path: string): void {
  const kind = machine.files.facts(path)?.kind
  try {
    if (kind === 'folder') machine.files.removeFolder(path)
    else machine.files.remove(path)
  } catch (error) {
    if (kind !== 'link') throw error
    machine.files.removeFolder(path)
  }
}

function adviceFor(error: unknown): string {
  if (!(error instanceof WindowsError)) return ''
  if (error.number === 1260 || error.number === 5) {
    return ' A policy or a protection program may guard this place: docs/security-teams.md says what to allow.'
  }
  return error.number === 112 ? ' Make room on that disk and run this again.' : ''
}

/** What is in the way, as a sentence; nothing was changed yet. */
function obstacleTo(machine: Machine, found: Survey, { version }: PackageDlls, { downgrade }: InstallOptions): string | undefined {
  for (const dll of found.dlls) {
    if (dll.state === 'foreign') {
      return `${dll.path} is not mprtap's: ${dll.pe?.product ?? 'it has no name of a product'}. Find out whose it is, move it away, and run this again.`
    }
    if (dll.state === 'unreadable')
      return `${dll.path} cannot be read, so that it is not known whose it is. Look at its access list and run this again.`
    if (!downgrade && compareVersions(dll.pe?.version, version) > 0) {
      return `${dll.path} is version ${dll.pe?.version}, newer than this package's ${version}. Install the newer package, or use --downgrade.`
    }
  }
  const planted = found.places.find(({ state }) => state === 'foreign')
  if (planted) {
    const owner = planted.found?.owner
    const whose = owner === undefined ? '' : ` It belongs to ${machine.accountName(owner) ?? owner}.`
    return `${planted.path} ${planted.fault}.${whose} Somebody else may have made it, so it is not used: look at what is in it, rename it, and run this again.`
  }
  if (found.registration.state === 'foreign') {
    const text = found.registration.text ?? 'something that is not text'
    return `The value ${VALUE_NAME} under ${NOTIFYEES_KEY} holds ${text}, which is not mprtap's. Find out whose it is (mprtap notifyees), remove it, and run this again.`
  }
  return undefined
}

function stepsFor(machine: Machine, found: Survey, dlls: PackageDlls, options: InstallOptions): Step[] {
  const steps: Step[] = []
  for (const { name, path, wanted, found: list, state } of found.places) {
    if (state === 'absent') {
      steps.push(name === 'control' ? makeFile(machine, path, controlBytes(CONTROL_DEFAULT), wanted) : makeFolder(machine, path, wanted))
    } else if (state === 'former') steps.push(setAccess(machine, path, list!, wanted))
  }
  for (const { folder, path, architecture, state } of found.dlls) {
    if (state !== 'current') steps.push(putDll(machine, folder, dlls.dlls[architecture].bytes, state !== 'absent'))
    steps.push(...keepFromRemoval(machine, path))
  }
  const text = (key: string, name: string, wanted: string, value = textValue(name, wanted)) => {
    const before = machine.registry.read(key, name)
    if (textOfValue(before) !== wanted || before?.type !== value.type) steps.push(writeValue(machine, key, value, wanted))
  }
  text(SETTINGS_KEY, DIRECTORY_VALUE, found.folder)
  for (const [name, wanted] of Object.entries(programEntry(dlls.version, options.uninstallCommand))) text(UNINSTALL_KEY, name, wanted)
  for (const name of ['NoModify', 'NoRepair']) number(machine.registry, UNINSTALL_KEY, name, 1, steps, machine)
  text(EVENT_SOURCE_KEY, 'EventMessageFile', EVENT_MESSAGES, pathValue('EventMessageFile', EVENT_MESSAGES))
  number(machine.registry, EVENT_SOURCE_KEY, 'TypesSupported', 7, steps, machine)
  if (found.registration.state !== 'right') {
    const path = registeredPath(machine)
    steps.push(writeValue(machine, NOTIFYEES_KEY, pathValue(VALUE_NAME, path), path))
  }
  return steps
}

function number(registry: Registry, key: string, name: string, wanted: number, steps: Step[], machine: Machine): void {
  if (numberOfValue(registry.read(key, name)) !== wanted) steps.push(writeValue(machine, key, numberValue(name, wanted), String(wanted)))
}

/** Windows' own file of messages that consist of what the program says, for the ids 1 to 1000. */
const EVENT_MESSAGES = '%SystemRoot%\\System32\\EventCreate.exe'

/** The entry in the list of installed programs, which deployment tools look for. */
const programEntry = (version: string, uninstallCommand: string): Record<string, string> => ({
  DisplayName: 'mprtap connection notifications',
  DisplayVersion: version,
  Publisher: 'mprtap',
  UninstallString: uninstallCommand,
  QuietUninstallString: `${uninstallCommand} --quiet`,
})

/** An earlier removal may have left word to remove this very file at the next start: it is withdrawn, and nothing else of that list. */
function keepFromRemoval(machine: Machine, path: string): Step[] {
  if (!isPending(machine, path)) return []
  return [
    {
      what: `withdraw the removal of ${path} at the next start`,
      run() {
        const before = machine.registry.read(SESSION_MANAGER_KEY, PENDING_RENAMES)
        if (!before) return undefined
        const after = withoutPending(before, path)
        if (after) machine.registry.write(SESSION_MANAGER_KEY, after)
        else removeValue(machine, SESSION_MANAGER_KEY, PENDING_RENAMES).run()
        return () => machine.registry.write(SESSION_MANAGER_KEY, before)
      },
    },
  ]
}

function notesFor(machine: Machine, found: Survey): string[] {
  const notes: string[] = []
  const unverified = found.places.filter(({ state }) => state === 'unverified')
  if (machine.isWine) notes.push('Access lists: not verified: Wine, which keeps none.')
  else if (unverified.length > 0)
    notes.push(`Access lists not verified, because Windows does not tell: ${unverified.map(({ path }) => path).join(', ')}.`)
  const gap = coverageGap(machine)
  if (gap !== undefined) notes.push(gap)
  if (machine.wow64Folder === undefined)
    notes.push('This machine runs no 32-bit programs (it has no SysWOW64), so that it gets one DLL only.')
  for (const name of found.duplicates) {
    notes.push(`The value ${name} under Notifyees leads to ${DLL_NAME}, too: every operation is recorded twice. Remove that value.`)
  }
  if (found.dlls.some(({ state }) => state === 'other' || state === 'absent')) {
    notes.push('Programs that run already keep what they have loaded; those that start from now on load the new DLL.')
  }
  return notes
}
