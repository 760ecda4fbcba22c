import { accounts } from '../../system/accounts.ts'
import type { CommandContext } from '../verb.ts'
import { coloursFor } from './colours.ts'
import type { LineStyle } from './format-operation.ts'

/** Columns of a terminal that does not say how many it has. */
const WIDTH_DEFAULT = 80

/** Columns of the terminal that standard output is; `undefined` for a pipe or file. */
export function terminalWidth({ stdout }: Pick<CommandContext, 'stdout'>): number | undefined {
  return stdout.isTTY ? stdout.columns || WIDTH_DEFAULT : undefined
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
    now: Date.now,
  }
}
