// Taking mprtap off a machine: the registry value first, so that no program loads it any more, then the DLLs and the settings. Rings, captures and
// consumers stay unless they are asked away.

import type { Machine } from '../model/machine.ts'
import { CONTROL_NAME } from '../rings/control-file.ts'
import { FOLDERS } from './access.ts'
import { removeKey, removeValue, takeDll } from './changes.ts'
import type { PackageDlls } from './dlls.ts'
import { carryOut, removeAll, withLock } from './install.ts'
import type { Step } from './journal.ts'
import { type Changed, EXIT_SUCCESS, refused, whyNot } from './outcome.ts'
import { EVENT_SOURCE_KEY, folderFault, NOTIFYEES_KEY, SETTINGS_KEY, type Survey, survey, UNINSTALL_KEY, VALUE_NAME } from './survey.ts'

export interface UninstallOptions {
  /** Where the rings are, should the registry not say so any more. */
  readonly folder?: string | undefined
  /** Also remove rings, captures, consumers, the control file and their folders. */
  readonly purge?: boolean | undefined
  readonly dryRun?: boolean | undefined
}

/** Removes mprtap. All of it happens, or nothing; what is purged is purged at the very end. */
export function uninstall(machine: Machine, dlls: PackageDlls, { folder, purge, dryRun }: UninstallOptions): Changed {
  const unable = whyNot(machine, 'uninstall')
  if (unable !== undefined && !dryRun) return refused(unable)
  const fault = folderFault(machine, folder)
  if (fault !== undefined) return refused(fault)
  return withLock(machine, dryRun === true, () => {
    const found = survey(machine, dlls, { folder })
    const planted = purge ? found.places.find(({ state }) => state === 'foreign') : undefined
    if (planted) {
      return refused(
        `${planted.path} ${planted.fault}, so that nothing below ${found.folder} is purged. Run it without --purge, and look there yourself.`,
      )
    }
    const steps = stepsFor(machine, found)
    const notes = notesFor(found, purge === true)
    if (unable !== undefined) notes.push(unable)
    if (dryRun) {
      const purged = purge ? filesBelow(machine, found).map((path) => `remove ${path}`) : []
      return { exitCode: EXIT_SUCCESS, changes: [...steps.map(({ what }) => what), ...purged], notes, error: undefined }
    }
    return carryOut(machine, found, steps, notes, () => (purge ? removeAll(machine, filesBelow(machine, found), notes) : []))
  })
}

function stepsFor(machine: Machine, found: Survey): Step[] {
  const steps: Step[] = []
  if (found.registration.state === 'right' || found.registration.state === 'repairable')
    steps.push(removeValue(machine, NOTIFYEES_KEY, VALUE_NAME))
  for (const name of found.duplicates) steps.push(removeValue(machine, NOTIFYEES_KEY, name))
  for (const { folder, state } of found.dlls)
    if (state === 'current' || state === 'other' || state === 'damaged') steps.push(takeDll(machine, folder))
  for (const key of [SETTINGS_KEY, UNINSTALL_KEY, EVENT_SOURCE_KEY]) if (machine.registry.values(key)) steps.push(removeKey(machine, key))
  return steps
}

function notesFor(found: Survey, purge: boolean): string[] {
  const notes: string[] = []
  const kept = found.places.filter(({ name, state }) => name !== 'base' && state !== 'absent')
  if (!purge && kept.length > 0) notes.push(`${found.folder} keeps its rings, captures and consumers; --purge removes them.`)
  for (const { path, state } of found.dlls) if (state === 'foreign') notes.push(`${path} is not mprtap's and stays.`)
  if (found.registration.state === 'foreign') notes.push(`The value ${VALUE_NAME} under ${NOTIFYEES_KEY} is not mprtap's and stays.`)
  if (found.dlls.some(({ state }) => state === 'current' || state === 'other')) {
    notes.push('Programs that have loaded the DLL go on recording until they end.')
  }
  return notes
}

/** What is below the folder: files first, then the folders that held them. Links are named, not followed. */
function filesBelow(machine: Machine, { folder }: Survey): string[] {
  const below = FOLDERS.map((name) => `${folder}\\${name}`).filter((path) => machine.files.facts(path)?.kind === 'folder')
  const files = below.flatMap((path) => machine.files.list(path).map((name) => `${path}\\${name}`))
  const control = `${folder}\\${CONTROL_NAME}`
  const base = machine.files.facts(folder)?.kind === 'folder' ? [folder] : []
  return [...files, ...(machine.files.facts(control) ? [control] : []), ...below, ...base]
}
