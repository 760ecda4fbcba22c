// What a golden image must not carry to its clones: rings (their ids would be the same on all of them) and the positions of consumers.

import type { Machine } from '../model/machine.ts'
import type { Survey } from './survey.ts'

/** Folders whose contents are emptied. Captures stay: they are somebody's records. */
const EMPTIED = ['users', 'administrators', 'spool', 'consumers'] as const

/** Names of the files that sealing removes. */
export function filesToSeal(machine: Machine, { places }: Survey): string[] {
  return EMPTIED.flatMap((name) => {
    const place = places.find((one) => one.name === name)
    if (!place || place.state === 'absent') return []
    return machine.files
      .list(place.path)
      .map((file) => `${place.path}\\${file}`)
      .filter((path) => machine.files.facts(path)?.kind === 'file')
  })
}
