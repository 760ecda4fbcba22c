// What of mprtap is on this machine, and whether all of it is as it should be. Nothing is changed, and no rights are needed.

import type { LoadedModule, Machine } from '../model/machine.ts'
import { CONTROL_DEFAULT, CONTROL_READ_MAX, type Control, parseControl } from '../rings/control-file.ts'
import { sddlOf } from './descriptor.ts'
import { type Architecture, coverageGap, DLL_NAME, type PackageDlls } from './dlls.ts'
import { pendingRenames } from './pending-renames.ts'
import { NOTIFYEES_KEY, type Place, registeredPath, type Survey, survey, VALUE_NAME } from './survey.ts'

/** A copy of the DLL in a program that runs now. */
export interface LoadedCopy extends Pick<LoadedModule, 'processId' | 'image' | 'path'> {
  /** `current`: the installed one; `old`: another; `unknown`: Windows does not let us look. */
  readonly build: 'current' | 'old' | 'unknown'
}

export interface Status {
  /** The version of this package, and the hash of the sources of its DLLs. */
  readonly version: string
  readonly sourceHash: string
  readonly isInstalled: boolean
  readonly registration: { readonly state: Survey['registration']['state']; readonly value: string | undefined; readonly path: string }
  readonly dlls: readonly {
    readonly architecture: Architecture
    readonly path: string
    readonly state: string
    readonly version: string | undefined
    readonly sha256: string | undefined
    readonly hasControlFlowGuard: boolean | undefined
    readonly hasSignature: boolean | undefined
  }[]
  readonly folder: string
  /** Why the DLL records nothing: the registry names a folder that may not be used. */
  readonly folderFault: string | undefined
  readonly places: readonly {
    readonly name: string
    readonly path: string
    readonly state: Place['state'] | 'not verified: Wine'
    readonly owner: string | undefined
    readonly access: string | undefined
    readonly wanted: string
  }[]
  readonly control: (Control & { readonly isThere: boolean }) | undefined
  readonly rings: { readonly count: number; readonly bytes: number; readonly lastWrittenAt: number | undefined } | undefined
  readonly loaded: readonly LoadedCopy[]
  /** Processes that Windows does not let us look into. */
  readonly closedProcesses: number
  readonly pendingRemovals: readonly string[]
  readonly service: string | undefined
  /** What is not as it should be, as sentences. */
  readonly findings: readonly string[]
  /** What there is to know besides. */
  readonly notes: readonly string[]
}

export function status(machine: Machine, dlls: PackageDlls): Status {
  const found = survey(machine, dlls)
  const { modules, closed } = machine.loadedModules(/^mprtap\.(?:old-\d{1,3}\.|new\.)?dll$/i)
  const loaded = modules.map((module) => copyOf(module, found))
  const control = controlOf(machine, found)
  const notes: string[] = []
  const rings = ringsOf(machine, found, notes)
  const pendingRemovals = pendingRenames(machine)
    .filter(({ from }) => /\\mprtap\.[^\\]*dll$/i.test(from))
    .map(({ from }) => from)
  const gap = coverageGap(machine)
  if (gap !== undefined) notes.push(gap)
  if (machine.isWine) notes.push('Access lists: not verified: Wine, which keeps none.')
  if (closed > 0) notes.push(`${closed} processes cannot be looked into; an elevated window sees more of them.`)
  if (control?.switchedOff) notes.push('Recording is switched off (mprtap control --on switches it on).')
  for (const { image, processId, build } of loaded)
    if (build === 'old') notes.push(`${image} (${processId}) still runs with an old copy of the DLL.`)
  return {
    version: dlls.version,
    sourceHash: dlls.sourceHash,
    isInstalled: found.registration.state === 'right' || found.registration.state === 'repairable',
    registration: { state: found.registration.state, value: found.registration.text, path: registeredPath(machine) },
    dlls: found.dlls.map(({ architecture, path, state, pe, sha256 }) => ({
      architecture,
      path,
      state,
      version: pe?.version,
      sha256,
      hasControlFlowGuard: pe?.hasControlFlowGuard,
      hasSignature: pe?.hasSignature,
    })),
    folder: found.folder,
    folderFault: found.directoryFault,
    places: found.places.map((place) => ({
      name: place.name,
      path: place.path,
      state: place.state === 'unverified' && machine.isWine ? 'not verified: Wine' : place.state,
      owner: place.found?.owner,
      access: place.found && sddlOf(place.found),
      wanted: sddlOf(place.wanted),
    })),
    control,
    rings,
    loaded,
    closedProcesses: closed,
    pendingRemovals,
    service: found.service,
    findings: findingsOf(found),
    notes,
  }
}

function copyOf({ processId, image, path, stamp }: LoadedModule, { dlls }: Survey): LoadedCopy {
  const build = stamp === undefined ? 'unknown' : dlls.some(({ pe }) => pe?.stamp === stamp) ? 'current' : 'old'
  return { processId, image, path, build }
}

/** `undefined`: it is there and cannot be read, or is not a control file. */
function controlOf(machine: Machine, { places }: Survey): Status['control'] {
  const place = places.find(({ name }) => name === 'control')!
  if (place.state === 'absent') return { ...CONTROL_DEFAULT, isThere: false }
  try {
    const control = parseControl(machine.files.read(place.path, CONTROL_READ_MAX))
    return control && { ...control, isThere: true }
  } catch {
    return undefined
  }
}

function ringsOf(machine: Machine, { places }: Survey, notes: string[]): Status['rings'] {
  let count = 0
  let bytes = 0
  let lastWrittenAt: number | undefined
  for (const { name, path, state } of places) {
    if ((name !== 'users' && name !== 'administrators') || state === 'absent') continue
    try {
      for (const file of machine.files.list(path).filter((name) => /\.ring$/i.test(name))) {
        const facts = machine.files.facts(`${path}\\${file}`)
        if (facts?.kind !== 'file') continue
        count++
        bytes += facts.size
        lastWrittenAt = Math.max(lastWrittenAt ?? 0, facts.writtenAt)
      }
    } catch {
      notes.push(`${path} cannot be listed by this account, so that its rings are not counted.`)
      return undefined
    }
  }
  return { count, bytes, lastWrittenAt }
}

/** What is not as it should be. */
function findingsOf({ registration, dlls, places, duplicates, asides, directorySetting, directoryFault, folder }: Survey): string[] {
  const findings: string[] = []
  if (registration.state === 'absent' && dlls.every(({ state }) => state === 'absent')) return ['mprtap is not installed on this machine.']
  if (registration.state === 'absent') findings.push(`mprtap is not registered: there is no value ${VALUE_NAME} under ${NOTIFYEES_KEY}.`)
  if (registration.state === 'repairable')
    findings.push(`The registered path is written as ${registration.text}; mprtap install writes it without variables.`)
  if (registration.state === 'foreign')
    findings.push(`The value ${VALUE_NAME} under Notifyees holds ${registration.text ?? 'no text'}, which is not mprtap's.`)
  for (const { path, state, pe } of dlls) {
    if (state === 'absent') findings.push(`${path} is missing.`)
    if (state === 'other')
      findings.push(`${path} is another build of mprtap (version ${pe?.version ?? 'unknown'}) than the one of this package.`)
    if (state === 'foreign') findings.push(`${path} is not mprtap's.`)
    if (state === 'damaged') findings.push(`${path} is an mprtap for another kind of processor: no program can load it.`)
    if (state === 'unreadable') findings.push(`${path} cannot be read.`)
  }
  for (const { path, state, fault } of places) {
    if (state === 'absent') findings.push(`${path} is missing.`)
    if (state === 'former') findings.push(`${path} has an access list of an earlier version; mprtap install brings it up to date.`)
    if (state === 'foreign') findings.push(`${path} ${fault}.`)
  }
  for (const name of duplicates)
    findings.push(`The value ${name} under Notifyees leads to ${DLL_NAME}, too: every operation is recorded twice.`)
  for (const path of asides) findings.push(`${path} is an old copy; Windows removes it at its next start, or mprtap install does.`)
  if (directoryFault !== undefined) findings.push(directoryFault)
  else if (directorySetting === undefined) findings.push(`No folder is set in the registry, so that the DLL uses ${folder}.`)
  return findings
}
