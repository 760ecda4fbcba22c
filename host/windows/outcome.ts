// How the verbs that change a machine end, in the words and numbers that deployment tools know ("MsiExec.exe and InstMsi.exe error messages").

import type { Machine } from '../model/machine.ts'

/** Done. */
export const EXIT_SUCCESS = 0
/** Not done; the machine is as it was. */
export const EXIT_FATAL = 1603
/** Another install or uninstall is at work. */
export const EXIT_BUSY = 1618
/** Done; a part of it takes effect when Windows starts next. */
export const EXIT_RESTART = 3010

/** What came of it. */
export interface Changed {
  readonly exitCode: typeof EXIT_SUCCESS | typeof EXIT_FATAL | typeof EXIT_BUSY | typeof EXIT_RESTART
  /** What was changed, or would be. */
  readonly changes: readonly string[]
  /** What there is to say besides. */
  readonly notes: readonly string[]
  /** Why nothing was done; `undefined` when it was. */
  readonly error: string | undefined
}

export const refused = (error: string, exitCode: typeof EXIT_FATAL | typeof EXIT_BUSY = EXIT_FATAL): Changed => ({
  exitCode,
  changes: [],
  notes: [],
  error,
})

/** Why this process cannot change the machine; `undefined` when it can. */
export function whyNot(machine: Machine, verb: string): string | undefined {
  if (machine.bits === 32)
    return `mprtap ${verb} needs the 64-bit Node.js: a 32-bit one is led to other system folders. Install that and run it again.`
  if (machine.elevation === 'limited') {
    return `mprtap ${verb} changes the machine, and this window is not elevated. Open one with "Run as administrator" and run it again.`
  }
  if (machine.elevation === 'none')
    return `mprtap ${verb} changes the machine, and this account is not an administrator. Ask an administrator to run it.`
  return undefined
}

/** Held while a machine is changed. In System32, where administrators alone can make a file. */
export const lockPath = (machine: Machine): string => `${machine.windowsFolder}\\System32\\mprtap.lock`

export const BUSY = 'Another mprtap install or uninstall is at work on this machine. Wait for it to end and run this again.'
