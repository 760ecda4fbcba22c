// The control file, as `mprtap control` shows and writes it.

import { HEADER_SIZE, SLOT_COUNT_LOG2_MAX, SLOT_COUNT_LOG2_MIN, SLOT_SHIFT } from '../../format/layout.ts'
import { type Machine, WindowsError } from '../model/machine.ts'
import { CONTROL_DEFAULT, CONTROL_READ_MAX, type Control, controlBytes, parseControl } from '../rings/control-file.ts'
import { sddlOf } from './descriptor.ts'
import { whyNot } from './outcome.ts'
import { foundFolder, type Place, placesOf } from './survey.ts'

/** What the control file says now, and what became of a change. */
export interface ControlReport {
  readonly path: string
  readonly control: Control
  /** Why the control file does not count and {@link control} is what holds without one; `undefined` when it counts. */
  readonly fault: string | undefined
  /** Rings that keep another size than new ones get: path and slots as a power of two. */
  readonly otherSizes: readonly { readonly path: string; readonly slotCountLog2: number }[]
  /** Why nothing was changed. */
  readonly error: string | undefined
}

/** Shows the control file, and writes it first when something is to be changed. */
export function control(machine: Machine, change: Partial<Control>): ControlReport {
  const { folder, fault } = foundFolder(machine)
  if (fault !== undefined) return { path: `${folder}\\control`, control: CONTROL_DEFAULT, fault, otherSizes: [], error: fault }
  const places = placesOf(machine, folder)
  const place = controlPlace(places)
  const before = read(machine, place)
  const isChange = change.switchedOff !== undefined || change.slotCountLog2 !== undefined
  const error = isChange ? write(machine, places, place, { ...before.control, ...change }) : undefined
  const after = isChange && error === undefined ? read(machine, controlPlace(placesOf(machine, folder))) : before
  return { path: place.path, ...after, otherSizes: otherSizes(machine, folder, after.control.slotCountLog2), error }
}

const controlPlace = (places: readonly Place[]) => places.find(({ name }) => name === 'control')!

function read(machine: Machine, { path, state, fault }: Place): Pick<ControlReport, 'control' | 'fault'> {
  const defaults = (why: string) => ({ control: CONTROL_DEFAULT, fault: `${path} ${why}, so that the defaults hold` })
  if (state === 'absent') return defaults('is missing')
  if (state === 'foreign' && fault?.startsWith('is a')) return defaults(fault)
  try {
    const found = parseControl(machine.files.read(path, CONTROL_READ_MAX))
    return found ? { control: found, fault: undefined } : defaults('is not a control file')
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    return defaults(`cannot be read (${error.message})`)
  }
}

/** @returns why nothing was written. */
function write(machine: Machine, places: readonly Place[], place: Place, wanted: Control): string | undefined {
  const unable = whyNot(machine, 'control')
  if (unable !== undefined) return unable
  const { slotCountLog2 } = wanted
  if (slotCountLog2 < SLOT_COUNT_LOG2_MIN || slotCountLog2 > SLOT_COUNT_LOG2_MAX) {
    return `A ring has 2^${SLOT_COUNT_LOG2_MIN} to 2^${SLOT_COUNT_LOG2_MAX} slots; give a number from ${SLOT_COUNT_LOG2_MIN} to ${SLOT_COUNT_LOG2_MAX}.`
  }
  const base = places.find(({ name }) => name === 'base')!
  if (base.state === 'absent') return `${base.path} is missing; run mprtap install first.`
  const foreign = [base, place].find(({ state }) => state === 'foreign')
  if (foreign) return `${foreign.path} ${foreign.fault}, so that nothing is written there; mprtap status says more.`
  try {
    const bytes = controlBytes(wanted)
    if (place.state === 'absent') machine.files.createWithAccess(place.path, bytes, sddlOf(place.wanted))
    else {
      machine.files.overwrite(place.path, bytes)
      // One that was made by other means may keep users' processes from reading it.
      if (place.state === 'former') machine.files.setAccess(place.path, sddlOf(place.wanted))
    }
    return undefined
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    return `${place.path} was not written: ${error.message}.`
  }
}

/** Rings of other sizes; those that cannot be listed are left out. */
function otherSizes(machine: Machine, folder: string, slotCountLog2: number): ControlReport['otherSizes'] {
  return ['users', 'administrators'].flatMap((name) => {
    try {
      return machine.files
        .list(`${folder}\\${name}`)
        .filter((file) => /\.ring$/i.test(file))
        .map((file) => `${folder}\\${name}\\${file}`)
        .flatMap((path) => {
          const size = machine.files.facts(path)?.size ?? 0
          const log2 = Math.log2((size - HEADER_SIZE) / 2 ** SLOT_SHIFT)
          return Number.isInteger(log2) && log2 !== slotCountLog2 ? [{ path, slotCountLog2: log2 }] : []
        })
    } catch (error) {
      if (!(error instanceof WindowsError)) throw error
      return []
    }
  })
}
