import { serverOf, shareOf } from '../../analysis/remote-name.ts'
import { MprtapError } from '../../model/errors.ts'
import type { Operation } from '../../model/events.ts'
import { type Explanation, explainStatus } from '../../model/explanations.ts'
import { hresultOf, statusName, statusNames, win32StatusOf } from '../../model/status.ts'
import { evidenceFor } from '../evidence.ts'
import { EXIT_OK } from '../exit-codes.ts'
import { notEmpty, notEmptyList } from '../option-values.ts'
import { terminalWidth } from '../output/line-style.ts'
import { wrapped } from '../output/wrap.ts'
import { readOperations } from '../read-operations.ts'
import { SOURCES_HELP } from '../selection.ts'
import type { CommandContext, Verb } from '../verb.ts'

interface ExplainOptions {
  readonly utc?: boolean
}

/** Columns of a text in a pipe. */
const WIDTH_IN_PIPE = 100
/** Operations that are kept at most; of more, the newest. */
const OPERATIONS_MAX = 500_000

export const verb: Verb<ExplainOptions, [what: string, sources?: readonly string[]]> = {
  define(command) {
    command
      .argument('<what>', 'a status: 53, 0x35, 0x80070035, -2147024843, ERROR_BAD_NETPATH; or "last", the last failure', notEmpty)
      .argument('[source...]', SOURCES_HELP, notEmptyList)
      .option('--utc', 'times are shown in UTC instead of local time')
  },
  run: (options, [what, sources = []], context) => explain(what, sources, options, context),
}

/**
 * Says what a status means for a drive mapping, what usually brings it about, what to check next, and what the records know about it.
 *
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when there is no such status; also when sources were named and cannot be read.
 */
async function explain(what: string, sources: readonly string[], options: ExplainOptions, context: CommandContext): Promise<number> {
  const isLast = what.toLowerCase() === 'last'
  const named = isLast ? undefined : statusOf(what)
  const operations = await recordedOperations(sources, context, isLast)
  const isMeant = (operation: Operation) =>
    named === undefined ? operation.outcome === 'failed' : operation.status !== undefined && win32StatusOf(operation.status) === named
  const example = operations.findLast(isMeant)
  const status = named ?? (example?.status !== undefined ? win32StatusOf(example.status) : undefined)
  if (status === undefined) {
    await context.output.write('No operation has failed in the records.')
    return EXIT_OK
  }
  const width = Math.max(40, terminalWidth(context) ?? WIDTH_IN_PIPE)
  for (const line of explanationLines(status, explainStatus(status), example, width)) await context.output.write(line)
  if (example) {
    await context.output.write('')
    await context.output.write('In the records')
    for (const sentence of evidenceFor(example, operations, options.utc ?? false)) await writeItem(context, '-', sentence, width)
  }
  return EXIT_OK
}

/** What the sources hold. Without any there is nothing to add, unless they are what was asked for. */
async function recordedOperations(sources: readonly string[], context: CommandContext, isNeeded: boolean): Promise<Operation[]> {
  let operations: Operation[] = []
  try {
    await readOperations(sources, undefined, context, (operation) => {
      operations.push(operation)
      if (operations.length > 2 * OPERATIONS_MAX) operations = operations.slice(-OPERATIONS_MAX)
    })
  } catch (error) {
    if (isNeeded || sources.length > 0 || !(error instanceof MprtapError)) throw error
  }
  return operations.sort((a, b) => a.time - b.time)
}

/**
 * The Win32 status that a text names: decimal, also as a negative HRESULT, hexadecimal, or by its name in any case, with or without `ERROR_`.
 *
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when it names none.
 */
export function statusOf(text: string): number {
  if (/^-?\d{1,10}$|^0x[0-9a-f]{1,8}$/i.test(text)) {
    const number = Number(text)
    if (number >= -(2 ** 31) && number < 2 ** 32) return win32StatusOf(number >>> 0)
  }
  const name = text.toUpperCase()
  for (const [status, known] of statusNames()) if (known === name || known === `ERROR_${name}`) return status
  throw new MprtapError(
    'MPRTAP_INVALID_ARGUMENT',
    `"${text}" is not a status that mprtap knows. Give a number such as 53 or 0x80070035, a name such as ERROR_BAD_NETPATH, or "last".`,
  )
}

/** Win32 error codes have 16 bits; what is greater is an HRESULT or an NTSTATUS ("[MS-ERREF]: Windows Error Codes"). */
const WIN32_MAX = 0xffff
const HELP_OF_WINDOWS = '"net helpmsg" followed by the number gives the text of Windows.'
const LISTS_OF_MICROSOFT =
  'It is too great for a Win32 error code: look for it among the HRESULTs and the NTSTATUS values of "[MS-ERREF]: Windows Error Codes".'

/** A Win32 error code as an HRESULT; an HRESULT or NTSTATUS as it is usually written. Success has one form. */
function otherForm(status: number): string {
  if (status === 0) return ''
  if (status > WIN32_MAX) return `  (0x${status.toString(16).toUpperCase().padStart(8, '0')})`
  return `  (as an HRESULT 0x${hresultOf(status).toString(16)})`
}

function explanationLines(status: number, known: Explanation | undefined, example: Operation | undefined, width: number): string[] {
  const isWin32 = status <= WIN32_MAX
  const title = `${status}  ${statusName(status) ?? 'a status without a name here'}${otherForm(status)}`
  if (!known) return [title, '', ...wrapped(`mprtap has no explanation for it. ${isWin32 ? HELP_OF_WINDOWS : LISTS_OF_MICROSOFT}`, width)]
  const lines = [title, '', ...wrapped(known.meaning, width)]
  if (known.causes.length > 0) lines.push('', 'Likely causes', ...known.causes.flatMap((cause) => item('-', cause, width)))
  if (known.checks.length > 0) {
    lines.push('', 'Check next')
    for (const [i, { on, command, look }] of known.checks.entries()) {
      const where = on === 'client' ? '' : `On the ${on}: `
      lines.push(...item(`${i + 1}.`, `${where}${look}`, width), `       ${withNames(command, example)}`)
    }
  }
  if (known.sources.length > 0)
    lines.push('', ...item('', `Sources: System Error Codes; ${known.sources.join('; ')}`, width).map((line) => line.trimStart()))
  return lines
}

/** The command with the names of the operation, where they are such that no shell takes them for anything else. */
function withNames(command: string, example: Operation | undefined): string {
  if (!example) return command
  const names: Readonly<Record<string, string | undefined>> = {
    SERVER: serverOf(example.remoteName),
    SHARE: shareOf(example.remoteName)?.split('\\').at(3),
    LETTER: example.localName?.replace(':', ''),
  }
  return command.replace(/\b(SERVER|SHARE|LETTER)\b/g, (word) => (/^[A-Za-z0-9][\w.-]*\$?$/.test(names[word] ?? '') ? names[word]! : word))
}

function item(mark: string, text: string, width: number): string[] {
  return wrapped(text, width - 5).map((line, i) => `  ${i === 0 ? mark.padEnd(3) : '   '}${line}`)
}

async function writeItem({ output }: CommandContext, mark: string, text: string, width: number): Promise<void> {
  for (const line of item(mark, text, width)) await output.write(line)
}
