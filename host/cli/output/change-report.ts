// What install and uninstall print: a line a change, then what there is to say besides. Errors go to standard error.

import { LEVEL_ERROR, LEVEL_INFO } from '../../text/event-json.ts'
import { safeJson, safeText } from '../../text/safe-text.ts'
import type { Changed } from '../../windows/outcome.ts'
import type { CommandContext } from '../verb.ts'

/** How it is to be printed. */
export interface ChangeReportOptions {
  readonly json?: boolean
  /** Nothing but errors. */
  readonly quiet?: boolean
  readonly dryRun?: boolean
}

/** @returns the exit code. */
export async function reportChange(verb: string, result: Changed, options: ChangeReportOptions, context: CommandContext): Promise<number> {
  const { exitCode, changes, notes, error } = result
  const { output } = context
  const msg = error ?? summary(verb, result, options.dryRun === true)
  if (options.json) {
    const level = error === undefined ? LEVEL_INFO : LEVEL_ERROR
    await output.write(
      safeJson({ level, time: Date.now(), msg, type: verb, exitCode, dryRun: options.dryRun === true, changes, notes, error }),
    )
  } else if (error === undefined && !options.quiet) {
    for (const line of [...changes, ...notes.map((note) => `note: ${note}`), msg]) await output.write(safeText(line))
  }
  await output.flush()
  if (error !== undefined && !options.json) context.tell(error)
  return exitCode
}

function summary(verb: string, { changes, exitCode }: Changed, dryRun: boolean): string {
  const count = `${changes.length} ${changes.length === 1 ? 'change' : 'changes'}`
  if (dryRun) return `${verb}: ${count} would be made; nothing was changed.`
  const restart = exitCode === 3010 ? ' A restart of Windows completes it (exit code 3010).' : ''
  return changes.length === 0 ? `${verb}: everything is in place already.${restart}` : `${verb}: done, ${count}.${restart}`
}
