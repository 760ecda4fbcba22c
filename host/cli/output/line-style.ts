import type { EventFields } from '../../model/events.ts'
import { accounts } from '../../system/accounts.ts'
import { sessionClients } from '../../system/sessions.ts'
import type { CommandContext } from '../verb.ts'
import { coloursFor } from './colours.ts'
import type { LineStyle } from './format-operation.ts'

/** Columns of a terminal that does not say how many it has. */
const WIDTH_DEFAULT = 80

/** Columns of the terminal that standard output is; `undefined` for a pipe or file. */
export function terminalWidth({ stdout }: Pick<CommandContext, 'stdout'>): number | undefined {
  return stdout.isTTY ? stdout.columns || WIDTH_DEFAULT : undefined
}

/** Windows tells the client that a session has now. It says nothing about older events: ids of sessions are used again. */
const CLIENT_AGE_MAX_MS = 60_000

/** Only for sessions of this machine, and only for what has just happened. */
function clientOf({ host, time, sessionId }: EventFields): string | undefined {
  return host === undefined && Date.now() - time < CLIENT_AGE_MAX_MS ? sessionClients.nameOf(sessionId) : undefined
}

/** The style that fits standard output; a terminal may change its width at any time. */
export function lineStyleFor(context: CommandContext, utc: boolean): LineStyle {
  return {
    colours: coloursFor(context.stdout, context.env),
    get width() {
      return terminalWidth(context)
    },
    utc,
    nameOf: (sid) => accounts.nameOf(sid)?.name,
    clientOf,
    now: Date.now,
  }
}
