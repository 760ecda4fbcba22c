// What only a real Windows can answer (docs/windows-assumptions.md): what follows from the checks is answered, the rest is left to a person, with the
// number of its step in docs/verify.md.

import type { Machine } from '../model/machine.ts'
import type { Check } from './doctor.ts'

/** Steps of docs/verify.md that a person does. */
const BY_HAND: readonly (readonly [step: number, what: string])[] = [
  [3, 'a user without rights records, cannot list users, and cannot open the ring of another'],
  [4, 'a file that was planted under the name of another user is left alone, and .1 is used'],
  [5, 'a 32-bit program that meets an exception in the DLL goes on'],
  [6, 'a folder that a user has made before the installation is refused'],
  [7, 'a mapped ring cannot be deleted or cut, and can be renamed'],
  [8, 'an old copy that is loaded is removed at the next start'],
  [9, 'recording stops within a minute after mprtap control --off'],
]

/** The questions, with an answer where there is one. */
export function questions(machine: Machine, checks: readonly Check[]): Check[] {
  const area = 'verify'
  const rows: Check[] = []
  const unverified = checks.filter((check) => check.area === 'access' && check.result === 'not checked').length
  rows.push({
    area,
    what: 'the access lists that install set are kept as they were given',
    result: machine.isWine ? 'not checked' : unverified === 0 ? 'ok' : 'finding',
    detail: machine.isWine ? 'not verified: Wine' : unverified === 0 ? '' : `${unverified} cannot be read`,
  })
  const seen = checks.filter((check) => check.area === 'client' && check.result === 'ok').map(({ what }) => what)
  rows.push({
    area,
    what: 'MPR loads the DLL and tells it of connections',
    result: seen.length > 0 ? 'ok' : 'not checked',
    detail:
      seen.length > 0 ? `by ${seen.join(', ')}${machine.isWine ? ' (the stand-in for MPR)' : ''}` : 'no client was seen; give --share',
  })
  for (const [step, what] of BY_HAND) rows.push({ area, what, result: 'not checked', detail: `step ${step} of docs/verify.md` })
  return rows
}
