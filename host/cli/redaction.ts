// --redact and --redact-new, for every verb that shows names.

import type { Command } from 'commander'
import { MprtapError } from '../model/errors.ts'
import { notEmpty } from './option-values.ts'
import type { LineWriter } from './output/line-writer.ts'
import type { CommandContext } from './verb.ts'

/** Verbs whose names are those of records, which come redacted. */
const OF_RECORDS: ReadonlySet<string> = new Set([
  'watch',
  'report',
  'record',
  'logons',
  'history',
  'explain',
  'top',
  'serve',
  'forward',
  'snapshot',
  'prune',
])
/** Verbs that show names of other kinds, in sentences. */
const OF_SENTENCES: ReadonlySet<string> = new Set(['doctor', 'status', 'notifyees'])

interface RedactionOptions {
  readonly redact?: string
  readonly redactNew?: string
  readonly baseline?: readonly string[]
  readonly to?: string | readonly string[]
  readonly withSnapshot?: boolean
  readonly reconcile?: unknown
}

/** Adds the options to a verb that has names to show. */
export function addRedaction(command: Command): void {
  if (!OF_RECORDS.has(command.name()) && !OF_SENTENCES.has(command.name())) return
  command
    .option('--redact <keyfile>', 'names of users, servers and shares as pseudonyms, made with the key in that file', notEmpty)
    .option('--redact-new <keyfile>', 'the same with a new key, for which the file is made', notEmpty)
}

/** The context of a verb whose names are redacted, if that was asked for. @throws MprtapError when the key file cannot be read or made. */
export async function redactedContext(command: Command, context: CommandContext): Promise<CommandContext> {
  const { redact, redactNew, baseline = [], to, withSnapshot, reconcile } = command.opts<RedactionOptions>()
  const keyFile = redactNew ?? redact
  if (keyFile === undefined) return context
  if (withSnapshot || reconcile !== undefined)
    throw new MprtapError(
      'MPRTAP_INVALID_ARGUMENT',
      'What is connected now is not redacted; leave out --with-snapshot and --reconcile, or --redact.',
    )
  const { openRedactor } = await import('../redaction/open-redactor.ts')
  const isFolder = command.name() === 'prune'
  const sources = command.processedArgs.flatMap((argument) => (Array.isArray(argument) || isFolder ? ((argument ?? []) as string[]) : []))
  const paths = [...sources, ...baseline].filter((path) => path !== '-')
  const redactor = openRedactor(keyFile, redactNew !== undefined, paths)
  for (const [i, url] of (Array.isArray(to) ? (to as string[]) : []).entries()) redactor.hide(url, `target ${i + 1}`)
  const change = OF_RECORDS.has(command.name()) ? (line: string) => redactor.text(line) : (line: string) => redactor.foreignText(line)
  changeLines(context.output, change)
  const tell = (sentence: string) => context.tell(change(sentence))
  tell(`Names are redacted with key ${redactor.keyId}.`)
  return { ...context, tell, redact: keyFile, redactor }
}

function changeLines(output: LineWriter, change: (line: string) => string): void {
  output.change = change
}
