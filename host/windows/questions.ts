// What only a real Windows can answer (docs/windows-assumptions.md): what follows from the checks is answered, the rest is left to a person, with the
// number of its step in docs/verify.md.

import type { Machine } from '../model/machine.ts'
import type { Check } from './doctor.ts'

/** SECURITY.md, "To be checked on real Windows": each of its numbers, and the step of docs/verify.md that answers it. */
export const CLAIMS: readonly (readonly [number: number, what: string, step: number])[] = [
  [1, 'a user without rights records, cannot list users, and cannot open the ring of another', 3],
  [2, 'a file that was planted under the name of another user is left alone, and .1 is used', 4],
  [3, 'a service that impersonates a user writes that user’s ring; an AppContainer program writes none', 11],
  [4, 'a full disk, a removed folder and a revoked right leave programs as they were', 12],
  [5, 'a ring belongs to the user who records, in administrators to Administrators or its maker', 3],
  [6, 'a user without rights sees the own ring in watch, and nothing else', 3],
  [7, 'prune leaves a ring that a program has mapped', 7],
  [8, 'how late the modification time of a ring is that is written through mappings', 7],
  [9, 'a mapped ring cannot be deleted or cut, and can be renamed', 7],
]

/** Further steps of docs/verify.md that a person does. */
const BY_HAND: readonly (readonly [step: number, what: string])[] = [
  [5, 'a 32-bit program that meets an exception in the DLL goes on'],
  [6, 'a folder that a user has made before the installation is refused'],
  [8, 'an old copy that is loaded is removed at the next start'],
  [9, 'recording stops within a minute after mprtap control --off'],
  [13, 'a snapshot lists restored drives, and names the session'],
  [14, 'a service ends in good order when it is stopped, and is in the event log'],
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
  for (const [number, what, step] of CLAIMS)
    rows.push({ area, what: `SECURITY.md ${number}: ${what}`, result: 'not checked', detail: `step ${step} of docs/verify.md` })
  for (const [step, what] of BY_HAND) rows.push({ area, what, result: 'not checked', detail: `step ${step} of docs/verify.md` })
  return rows
}
