// --redact and --redact-new, for every verb that shows names.

import { resolve } from 'node:path'
import type { Command, Option } from 'commander'
import type { Redactor } from '../redaction/redactor.ts'
import { notEmpty } from './option-values.ts'
import type { CommandContext } from './verb.ts'

/** What a verb's names are. `records`: they come redacted, out of redacted records. `machine`: of Windows, in sentences; `sentences`: of others, in sentences. */
type Names = 'records' | 'machine' | 'sentences'

/** The verbs that show names. */
const NAMES: Readonly<Record<string, Names>> = {
  watch: 'records',
  report: 'records',
  record: 'records',
  logons: 'records',
  history: 'records',
  explain: 'records',
  top: 'records',
  serve: 'records',
  forward: 'records',
  snapshot: 'records',
  prune: 'records',
  install: 'machine',
  uninstall: 'machine',
  status: 'machine',
  doctor: 'machine',
  control: 'machine',
  notifyees: 'machine',
  farm: 'sentences',
}

/** The verbs that show no names: their own words, made-up traffic, rates. */
export const NAMELESS: ReadonlySet<string> = new Set(['generate', 'bench', 'dissector', 'fields', 'completion'])

interface RedactionOptions {
  readonly redact?: string
  readonly redactNew?: string
}

/** Adds the options to a verb that has names to show. */
export function addRedaction(command: Command): void {
  if (NAMES[command.name()] === undefined) return
  command
    .option('--redact <keyfile>', 'names of users, servers and shares as pseudonyms, made with the key in that file', notEmpty)
    .option('--redact-new <keyfile>', 'the same with a new key, for which the file is made', notEmpty)
}

/** A sentence of a verb without names. */
export function redactedText(verb: string, redactor: Redactor, sentence: string): string {
  return NAMES[verb] === 'records' ? redactor.text(sentence) : redactor.foreignText(sentence)
}

/** The context of a verb whose names are redacted, if that was asked for. @throws MprtapError when the key file cannot be read or made. */
export async function redactedContext(command: Command, context: CommandContext): Promise<CommandContext> {
  const { redact, redactNew } = command.opts<RedactionOptions>()
  const keyFile = redactNew ?? redact
  if (keyFile === undefined) return context
  const { openRedactor } = await import('../redaction/open-redactor.ts')
  const sources = command.processedArgs.flatMap((argument) => (Array.isArray(argument) ? (argument as string[]) : []))
  const redactor = openRedactor(
    keyFile,
    redactNew !== undefined,
    sources.filter((path) => path !== '-'),
  )
  hidePlaces(command, redactor)
  if (NAMES[command.name()] === 'machine') await hideMachine(command.name(), redactor)
  const change = (line: string) => redactedText(command.name(), redactor, line)
  changeLines(context, change)
  const tell = (sentence: string) => context.tell(change(sentence))
  const say = (line: string) => context.say(change(line))
  tell(`Names are redacted with key ${redactor.keyId}.`)
  return { ...context, tell, say, redact: keyFile, redactor }
}

function changeLines({ output }: CommandContext, change: (line: string) => string): void {
  output.change = change
}

/** What an option or an argument names is called by that: a path may have anybody's name in it. */
function hidePlaces(command: Command, redactor: Redactor): void {
  for (const option of command.options.filter(isPlace)) {
    const places = [command.getOptionValue(option.attributeName()) as unknown].flat()
    for (const [i, place] of places.entries())
      hidePlace(redactor, place, places.length > 1 ? `(${option.long} ${i + 1})` : `(${option.long})`)
  }
  for (const [i, argument] of command.registeredArguments.entries())
    if (['folder', 'url'].includes(argument.name())) hidePlace(redactor, command.processedArgs[i], `(${argument.name()})`)
}

const isPlace = ({ flags }: Option) => /<(?:file|path|folder|url|capture)[.\w]*>/.test(flags)

function hidePlace(redactor: Redactor, place: unknown, instead: string): void {
  if (typeof place !== 'string' || place === '-') return
  const path = place.replace(/^file:/, '')
  // Files whose names begin with it are made of some.
  // What has no separator may be an ordinary word.
  for (const form of [place, path, resolve(path)])
    for (const name of [form, form.replace(/\.[a-z]+$/i, '')])
      if (/[\\/]/.test(name)) redactor.hide(name, instead)
      else if (name === form) redactor.hideWord(name, instead)
}

/** What Windows itself says of names. Nothing, where it is not Windows: then the verb says so. */
async function hideMachine(verb: string, redactor: Redactor): Promise<void> {
  const [{ packageDlls, thisMachine }, { hideNamesOf }] = await Promise.all([import('./this-machine.ts'), import('./machine-names.ts')])
  hideNamesOf(await thisMachine(verb), packageDlls(), redactor)
}
