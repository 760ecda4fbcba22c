import type { Wording } from '../report/wording.ts'
import { accounts } from '../system/accounts.ts'

/** Names are looked up so long, ms; whose name did not come by then is told by the SID. */
const NAMES_MS = 3_000
/** Users whose names are looked up. Further down the SIDs stand alone. */
const USERS_MAX = 1_000

/**
 * How reports of this machine speak: its time zone, or UTC, and accounts by their names, as far as this machine knows them.
 *
 * @param users SIDs, the most important first.
 */
export async function wordingFor(users: Iterable<string>, utc = false): Promise<Wording> {
  const wanted = [...new Set(users)].filter((sid) => sid !== '').slice(0, USERS_MAX)
  const names = await accounts.namesOf(wanted, NAMES_MS)
  accounts.close()
  return { userName: (sid) => names.get(sid)?.name ?? (sid || '(unknown)'), offsetMinutes: utc ? 0 : -new Date().getTimezoneOffset() }
}
