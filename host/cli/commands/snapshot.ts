import type { Observed } from '../../model/observed.ts'
import { redactedObserved } from '../../redaction/redacted-event.ts'
import { accounts } from '../../system/accounts.ts'
import { LEVEL_INFO, LEVEL_WARN, observedJson } from '../../text/event-json.ts'
import { safeJson, safeText } from '../../text/safe-text.ts'
import { snapshot } from '../../windows/snapshot.ts'
import { EXIT_OK } from '../exit-codes.ts'
import { lineStyleFor } from '../output/line-style.ts'
import { observedLine } from '../output/observed-line.ts'
import type { Verb } from '../verb.ts'

interface SnapshotVerbOptions {
  readonly allUsers?: boolean
  readonly json?: boolean
  readonly utc?: boolean
}

/** How long names of accounts are waited for, ms. */
const NAMES_MS = 5_000

export const verb: Verb<SnapshotVerbOptions> = {
  define(command) {
    command
      .option('--all-users', 'also the drives that Windows remembers for other users who are logged on (elevated)')
      .option('--json', 'newline-delimited JSON, an object a connection, a summary object last')
      .option('--utc', 'times in UTC')
  },
  async run({ allUsers, json, utc = false }, _, context) {
    const seen = await snapshot({ allUsers })
    const { redactor } = context
    const change = redactor && ((row: Observed) => redactedObserved(redactor, row))
    const { unseen, time } = seen
    const session = redactor ? { ...seen.session, user: redactor.user(seen.session.user) } : seen.session
    const connections = change ? seen.connections.map(change) : seen.connections
    // A pseudonym has no account.
    const users = redactor ? [] : [session.user, ...connections.map(({ user }) => user)]
    const names = await accounts.namesOf(users, NAMES_MS)
    const nameOf = (sid: string) => names.get(sid)?.name
    const style = lineStyleFor(context, utc)
    const whose = (user: string) => (user === session.user ? '' : `  ${safeText(nameOf(user) ?? user)}`)
    for (const row of connections) await context.output.write(json ? observedJson(row) : `${observedLine(row, style)}${whose(row.user)}`)
    const rights = session.elevation === 'elevated' ? ', elevated' : ''
    const summary = `${connections.length} connections of ${nameOf(session.user) ?? session.user}, session ${session.sessionId}, logon session ${session.logonId}${rights}.`
    if (json) {
      const level = unseen.length > 0 ? LEVEL_WARN : LEVEL_INFO
      const userName = nameOf(session.user)
      const count = connections.length
      await context.output.write(safeJson({ level, time, msg: summary, type: 'summary', ...session, userName, connections: count, unseen }))
    } else {
      for (const sentence of unseen) context.tell(sentence)
      context.say(safeText(summary))
    }
    accounts.close()
    return EXIT_OK
  },
}
