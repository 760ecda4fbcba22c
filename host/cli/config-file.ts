// Options from a file, for verbs that run as a service: what stands under the verb's name becomes words of the command line, unless the command line
// says it already. So a file can say nothing that the command line cannot, and both are checked alike.

import { Command, type Option } from 'commander'
import { MprtapError } from '../model/errors.ts'
import { nearest } from '../model/nearest.ts'
import { notEmpty } from './option-values.ts'
import type { Verb } from './verb.ts'

const BYTES_MAX = 1 << 20
const CONFIG = 'config'
/** Options that are of no use in a file. */
const NOT_IN_FILE: ReadonlySet<string> = new Set([CONFIG, 'help'])

/** Adds `--config` and `--event-log`: to verbs that may run for good. */
export function addServiceOptions(command: Command): Command {
  return command
    .option('--config <file>', 'take options from this JSON file; the command line wins', notEmpty)
    .option('--event-log', "write start, end, losses and faults into Windows' event log")
}

/**
 * The words of a command line with those of its configuration file.
 * @param verbs the names of all verbs: a file has sections for these.
 * @param words what follows the verb.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when the file cannot be used; it names the file and the place.
 */
export async function withConfiguration(
  name: string,
  verb: Verb<never, never>,
  verbs: readonly string[],
  words: readonly string[],
): Promise<readonly string[]> {
  // The command line is read without the file first, to learn what it says. The real reading tells what is wrong with it.
  const scratch = scratchOf(verb)
  let operands: readonly string[] = []
  try {
    operands = scratch.parseOptions([...words]).operands
  } catch {
    return words
  }
  const path = scratch.getOptionValue(CONFIG)
  if (typeof path !== 'string') return words
  const settings = await sectionOf(path, name, verbs)
  const isGiven = (option: Option) => scratch.getOptionValueSource(option.attributeName()) === 'cli'
  const added: string[] = []
  for (const [key, value] of Object.entries(settings)) {
    if (key === 'sources') {
      if (operands.length === 0) added.push(...sourcesOf(path, scratch, name, value))
      continue
    }
    const option = scratch.options.find((one) => one.attributeName() === key && !NOT_IN_FILE.has(key))
    if (!option) throw unknownKey(path, name, key, scratch)
    const rivals = scratch.options.filter((other) => excludes(option, other) || excludes(other, option))
    const said = wordsOf(path, `${name}.${key}`, option, value)
    if (!isGiven(option) && !rivals.some(isGiven)) added.push(...said)
  }
  return [...added, ...words]
}

function scratchOf(verb: Verb<never, never>): Command {
  const scratch = new Command()
    .exitOverride()
    .allowUnknownOption()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
  verb.define(scratch)
  return scratch
}

const excludes = (one: Option, other: Option) =>
  ((one as Option & { conflictsWith?: readonly string[] }).conflictsWith ?? []).includes(other.attributeName())

function fault(path: string, what: string): MprtapError {
  return new MprtapError('MPRTAP_INVALID_ARGUMENT', `The configuration file ${path} ${what}.`)
}

/** What stands under the verb's name; nothing, when it does not. */
async function sectionOf(path: string, name: string, verbs: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const text = await textOf(path)
  let whole: unknown
  try {
    whole = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    throw fault(path, `is not JSON: ${(error as Error).message}`)
  }
  if (!isRecord(whole)) throw fault(path, 'is not an object with a section for each verb')
  const stranger = Object.keys(whole).find((key) => key !== '$schema' && !verbs.includes(key))
  if (stranger !== undefined) {
    const meant = nearest(stranger, verbs)
    throw fault(path, `has a section ${JSON.stringify(stranger)}, which is not a verb of mprtap${meant ? `; did you mean "${meant}"` : ''}`)
  }
  const section = Object.hasOwn(whole, name) ? whole[name] : {}
  if (!isRecord(section)) throw fault(path, `has something else than an object under "${name}"`)
  return section
}

async function textOf(path: string): Promise<string> {
  // Loaded here: a command without such a file does not pay for it.
  const { readChecked } = await import('../system/open-for-reading.ts')
  try {
    const bytes = readChecked(path, (status) => {
      if (!status.isFile()) return fault(path, 'is not a plain file')
      return status.size > BYTES_MAX ? fault(path, `has more than ${BYTES_MAX} bytes`) : undefined
    })
    return bytes.toString('utf8')
  } catch (error) {
    throw error instanceof MprtapError ? error : fault(path, `cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unknownKey(path: string, name: string, key: string, { options }: Command): MprtapError {
  const names = ['sources', ...options.map((option) => option.attributeName()).filter((one) => !NOT_IN_FILE.has(one))]
  const meant = nearest(key, names)
  const hint = /password|secret|token|credential/i.test(key) ? ' Secrets never stand in it: an option names the file that holds them.' : ''
  const guess = meant ? `; did you mean "${meant}"?` : ''
  return new MprtapError(
    'MPRTAP_INVALID_ARGUMENT',
    `The configuration file ${path} has "${key}" under "${name}", which "mprtap ${name}" does not know${guess || '.'}${hint}`,
  )
}

/** One option as words: `--name=value` for each value, `--name` for what is switched on. */
function wordsOf(path: string, where: string, option: Option, value: unknown): string[] {
  const isFlag = !option.required && !option.optional
  if (isFlag) {
    if (typeof value !== 'boolean') throw fault(path, `has ${JSON.stringify(value)} at ${where}; it must be true or false`)
    return value ? [option.long!] : []
  }
  const values = Array.isArray(value) ? value : [value]
  const isPlain = values.every((one) => (typeof one === 'string' && one !== '') || (typeof one === 'number' && Number.isFinite(one)))
  if (!isPlain || values.length === 0)
    throw fault(path, `has ${JSON.stringify(value)} at ${where}; it must be a text or a number, or a list of them`)
  return values.map((one) => `${option.long}=${one}`)
}

function sourcesOf(path: string, { registeredArguments }: Command, name: string, value: unknown): readonly string[] {
  if (!registeredArguments.some(({ variadic }) => variadic)) throw fault(path, `has "sources" under "${name}", which takes none`)
  const isList =
    Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== '' && !(one.length > 1 && one.startsWith('-')))
  if (!isList) throw fault(path, `has ${JSON.stringify(value)} at ${name}.sources; it must be a list of paths`)
  return value as string[]
}
