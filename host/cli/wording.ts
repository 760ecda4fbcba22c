import type { Wording } from '../report/wording.ts'
import { accounts } from '../system/accounts.ts'
import type { CommandContext } from './verb.ts'

/** Names are looked up so long, ms; whose name did not come by then is told by the SID. */
const NAMES_MS = 3_000
/** Users whose names are looked up. Further down the SIDs stand alone. */
const USERS_MAX = 1_000

/** What an account is called, as the sources say: for accounts that this machine does not know, and for what they were called then. */
type AccountNameOf = (sid: string) => string | undefined

/** The names of these accounts, as far as the sources or this machine know them. A pseudonym has none. @param users SIDs, the most important first. */
export async function namesOf(
  users: Iterable<string>,
  accountName: AccountNameOf = () => undefined,
  { redactor }: Pick<CommandContext, 'redactor'> = {},
): Promise<AccountNameOf> {
  const isUnknown = (sid: string) => sid !== '' && accountName(sid) === undefined
  const wanted = redactor ? [] : [...new Set(users)].filter(isUnknown).slice(0, USERS_MAX)
  const names = await accounts.namesOf(wanted, NAMES_MS)
  accounts.close()
  return (sid) => accountName(sid) ?? names.get(sid)?.name
}

/**
 * How reports of this machine speak: its time zone, or UTC, and accounts by their names, as far as the sources or this machine know them.
 *
 * @param users SIDs, the most important first.
 */
export async function wordingFor(users: Iterable<string>, accountName: AccountNameOf, utc = false): Promise<Wording> {
  const nameOf = await namesOf(users, accountName)
  return { userName: (sid) => nameOf(sid) ?? (sid || '(unknown)'), offsetMinutes: utc ? 0 : -new Date().getTimezoneOffset() }
}
