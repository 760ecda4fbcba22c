import { Command, CommanderError } from 'commander'
import { MprtapError } from '../model/errors.ts'
import { safeText } from '../text/safe-text.ts'
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from './exit-codes.ts'
import type { CommandContext, Verb } from './verb.ts'
import { VERBS } from './verbs.ts'

/** The package's version, put in by the build. */
declare const MPRTAP_VERSION: string

const USAGE_ERRORS: ReadonlySet<string> = new Set(['MPRTAP_INVALID_ARGUMENT', 'MPRTAP_FILTER_SYNTAX'])

/** Runs one command line (without node and script) and returns its exit code; never throws. */
export async function run(argv: readonly string[], context: CommandContext): Promise<number> {
  let exitCode = EXIT_OK
  try {
    const program = await programFor(argv, context, (code) => {
      exitCode = code
    })
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE
    context.stderr.write(`mprtap: ${safeText(error instanceof Error ? error.message : String(error))}\n`)
    return error instanceof MprtapError && USAGE_ERRORS.has(error.code) ? EXIT_USAGE : EXIT_FAILURE
  }
}

/** The command line with the names of all verbs, and with the options of those that `argv` needs: the named one. */
async function programFor(argv: readonly string[], context: CommandContext, done: (exitCode: number) => void): Promise<Command> {
  const { stdout, stderr } = context
  const program = new Command('mprtap')
    .description('Windows connection notifications: who mapped what, how long it took, and why it failed.')
    .version(MPRTAP_VERSION)
    .addHelpText('after', `\nExit codes: ${EXIT_OK} done or stopped, ${EXIT_FAILURE} failed, ${EXIT_USAGE} wrong command line.`)
    .exitOverride()
    .configureOutput({ writeOut: (text) => void stdout.write(text), writeErr: (text) => void stderr.write(text) })
    .showHelpAfterError("Run 'mprtap --help' to see all commands.")

  const named = argv[0] === 'help' ? argv[1] : argv[0]
  for (const { name, summary, load } of VERBS) {
    const command = program.command(name).description(summary).showHelpAfterError(`Run 'mprtap ${name} --help' to see all options.`)
    if (name !== named) continue
    const verb = (await load()) as Verb<unknown, readonly unknown[]>
    verb.define(command)
    command.action(async () => done(await verb.run(command.opts(), command.processedArgs, context)))
  }
  return program
}
