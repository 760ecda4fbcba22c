// The administrators' control file (format/layout.ts, "The control file"): it switches recording off and on, and says how large new rings are.

import {
  CONTROL_MAGIC,
  CONTROL_MAGIC_VALUE,
  CONTROL_SIZE,
  CONTROL_SLOT_COUNT_LOG2,
  CONTROL_SWITCHED_OFF,
  CONTROL_VERSION,
  FORMAT_MAJOR,
  SLOT_COUNT_LOG2_DEFAULT,
  SLOT_COUNT_LOG2_MAX,
  SLOT_COUNT_LOG2_MIN,
} from '../../format/layout.ts'

/** The name of the control file, beside the folders of rings. */
export const CONTROL_NAME = 'control'
/** Bytes of it that are read; the DLL looks at the first {@link CONTROL_SIZE}. */
export const CONTROL_READ_MAX = 4096

/** What the control file says. */
export interface Control {
  readonly switchedOff: boolean
  /** log2 of the number of slots of rings made from now on. */
  readonly slotCountLog2: number
}

/** What holds without a control file. */
export const CONTROL_DEFAULT: Control = { switchedOff: false, slotCountLog2: SLOT_COUNT_LOG2_DEFAULT }

/** @returns `undefined` when the bytes are not a control file; the DLL goes by {@link CONTROL_DEFAULT} then. */
export function parseControl(bytes: Uint8Array): Control | undefined {
  if (bytes.length < CONTROL_SIZE) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(CONTROL_MAGIC, true) !== CONTROL_MAGIC_VALUE || view.getUint32(CONTROL_VERSION, true) !== FORMAT_MAJOR)
    return undefined
  const log2 = view.getUint32(CONTROL_SLOT_COUNT_LOG2, true)
  const isGood = log2 >= SLOT_COUNT_LOG2_MIN && log2 <= SLOT_COUNT_LOG2_MAX
  return { switchedOff: view.getUint32(CONTROL_SWITCHED_OFF, true) !== 0, slotCountLog2: isGood ? log2 : SLOT_COUNT_LOG2_DEFAULT }
}

/** The bytes of a control file. The default size is written as 0, so that it follows the DLL's own. */
export function controlBytes({ switchedOff, slotCountLog2 }: Control): Uint8Array {
  const bytes = new Uint8Array(CONTROL_SIZE)
  const view = new DataView(bytes.buffer)
  view.setUint32(CONTROL_MAGIC, CONTROL_MAGIC_VALUE, true)
  view.setUint32(CONTROL_VERSION, FORMAT_MAJOR, true)
  view.setUint32(CONTROL_SWITCHED_OFF, switchedOff ? 1 : 0, true)
  view.setUint32(CONTROL_SLOT_COUNT_LOG2, slotCountLog2 === SLOT_COUNT_LOG2_DEFAULT ? 0 : slotCountLog2, true)
  return bytes
}
