import { Command, CommanderError } from 'commander'
import { MprtapError } from '../model/errors.ts'
import { lossText } from '../text/loss-text.ts'
import { safeText } from '../text/safe-text.ts'
import { withConfiguration } from './config-file.ts'
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from './exit-codes.ts'
import { LineWriter } from './output/line-writer.ts'
import { addRedaction, redactedContext, redactedText } from './redaction.ts'
import type { CommandContext, Streams, Verb } from './verb.ts'
import { VERBS } from './verbs.ts'

/** The package's version, put in by the build. */
declare const MPRTAP_VERSION: string

const USAGE_ERRORS: ReadonlySet<string> = new Set(['MPRTAP_INVALID_ARGUMENT', 'MPRTAP_FILTER_SYNTAX'])

/** Runs one command line (without node and script) and returns its exit code; never throws. */
export async function run(argv: readonly string[], streams: Streams): Promise<number> {
  const output = new LineWriter(streams.stdout)
  const tell = (sentence: string) => void streams.stderr.write(`mprtap: ${safeText(sentence)}\n`)
  try {
    const say = (line: string) => void streams.stderr.write(`${line}\n`)
    const exitCode = await runVerb(argv, { ...streams, output, tell, say })
    // A wrong command line has written nothing, and keeps its exit code wherever the output would have gone.
    if (exitCode !== EXIT_USAGE) await output.flush()
    return exitCode
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error))
    return error instanceof MprtapError && USAGE_ERRORS.has(error.code) ? EXIT_USAGE : EXIT_FAILURE
  }
}

async function runVerb(argv: readonly string[], context: CommandContext): Promise<number> {
  let exitCode = EXIT_OK
  const { program, words } = await programFor(argv, context, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(words, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE
    throw error
  }
}

/** The command line with the names of all verbs, and with the options of the verb that `argv` names. */
async function programFor(
  argv: readonly string[],
  context: CommandContext,
  done: (exitCode: number) => void,
): Promise<{ readonly program: Command; readonly words: readonly string[] }> {
  const { stdout, stderr, tell } = context
  const program = new Command('mprtap')
    .description('Windows connection notifications: who mapped what, how long it took, and why it failed.')
    .version(MPRTAP_VERSION)
    .addHelpText('after', `\nExit codes: ${EXIT_OK} done or stopped, ${EXIT_FAILURE} failed, ${EXIT_USAGE} wrong command line.`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text) => tell(sentence(text)),
    })
    .showHelpAfterError("Run 'mprtap --help' to see all commands.")

  const named = argv[0] === 'help' ? argv[1] : argv[0]
  let words = argv
  for (const { name, summary, load } of VERBS) {
    const command = program.command(name).description(summary).showHelpAfterError(`Run 'mprtap ${name} --help' to see all options.`)
    if (name !== named) continue
    const verb = (await load()) as Verb<unknown, readonly unknown[]>
    verb.define(command)
    addRedaction(command)
    words =
      argv[0] === name
        ? [
            name,
            ...(await withConfiguration(
              name,
              verb as Verb<never, never>,
              VERBS.map((one) => one.name),
              argv.slice(1),
            )),
          ]
        : argv
    const run = (within: CommandContext) => verb.run(command.opts(), command.processedArgs, within)
    command.action(async () => {
      const redacted = await redactedContext(command, context)
      try {
        done(await (command.opts().eventLog ? runLogged(name, redacted, run) : run(redacted)))
      } catch (error) {
        // The text of an error has names in it too.
        if (redacted.redactor && error instanceof Error) error.message = redactedText(name, redacted.redactor, error.message)
        throw error
      }
    })
  }
  return { program, words }
}

/** Runs a verb, and writes into Windows' event log what became of it. */
async function runLogged(name: string, context: CommandContext, run: (within: CommandContext) => Promise<number>): Promise<number> {
  if (process.platform !== 'win32')
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `--event-log works on Windows only; this is ${process.platform}.`)
  const [{ openEventLog }, { ServiceEvents }] = await Promise.all([import('../system/event-log.ts'), import('./service-events.ts')])
  const log = openEventLog('mprtap')
  const events = new ServiceEvents(log, Date.now)
  const tell = (sentence: string) => {
    context.tell(sentence)
    events.fault(sentence)
  }
  let exitCode: number = EXIT_FAILURE
  events.started(name, MPRTAP_VERSION)
  try {
    exitCode = await run({ ...context, tell, noteLoss: (loss) => events.loss(lossText(loss)) })
    return exitCode
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    events.fault(context.redactor ? redactedText(name, context.redactor, text) : text)
    throw error
  } finally {
    events.ended(name, exitCode)
    log.close()
  }
}

/** Commander's `error: unknown option '--x'` as a sentence; a guess that it adds on a line of its own stays on the first one. */
function sentence(text: string): string {
  const message = text
    .replace(/^error: /, '')
    .trim()
    .replaceAll('\n', ' ')
  return message.charAt(0).toUpperCase() + message.slice(1) + (/[.)?]$/.test(message) ? '' : '.')
}
