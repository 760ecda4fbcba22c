import type { Writable } from 'node:stream'
import { Command, CommanderError, Option } from 'commander'
import { SLOT_COUNT_LOG2_MAX, SLOT_COUNT_LOG2_MIN } from '../../format/layout.ts'
import { pruneRings } from '../consumers/prune-rings.ts'
import { openTap } from '../index.ts'
import { MprtapError } from '../model/errors.ts'
import { safeText } from '../text/safe-text.ts'
import { type GenerateOptions, generate } from './commands/generate.ts'
import { type PruneOptions, prune } from './commands/prune.ts'
import { GROUPS, type ReportOptions, report } from './commands/report.ts'
import { type WatchOptions, watch } from './commands/watch.ts'
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from './exit-codes.ts'
import { age, positiveNumber, wholeNumber } from './option-values.ts'

/** The package's version, put in by the build. */
declare const MPRTAP_VERSION: string

/** Longest delay of a Node timer, in seconds. */
const DURATION_MAX = Math.floor((2 ** 31 - 1) / 1_000)

/** How long a ring is idle before prune removes it, ms. */
const AGE_DEFAULT_MS = age('30d')

/** What the command line needs of the process that it runs in. */
export interface CommandContext {
  readonly stdout: Writable & { isTTY?: boolean }
  readonly stderr: Writable
  readonly env: NodeJS.ProcessEnv
  /** Ends what runs, as Ctrl-C does. */
  readonly stop: AbortSignal
}

/** Runs one command line (without node and script) and returns its exit code; never throws. */
export async function run(argv: readonly string[], context: CommandContext): Promise<number> {
  let exitCode = EXIT_OK
  const program = commandLine(context, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE
    context.stderr.write(`mprtap: ${safeText(error instanceof Error ? error.message : String(error))}\n`)
    return error instanceof MprtapError && USAGE_ERRORS.has(error.code) ? EXIT_USAGE : EXIT_FAILURE
  }
}

const USAGE_ERRORS: ReadonlySet<string> = new Set(['MPRTAP_INVALID_ARGUMENT', 'MPRTAP_FILTER_SYNTAX'])

function commandLine(context: CommandContext, done: (exitCode: number) => void): Command {
  const { stdout, stderr } = context
  const program = new Command('mprtap')
    .description('Windows connection notifications: who mapped what, how long it took, and why it failed.')
    .version(MPRTAP_VERSION)
    .addHelpText('after', `\nExit codes: ${EXIT_OK} done or stopped, ${EXIT_FAILURE} failed, ${EXIT_USAGE} wrong command line.`)
    .exitOverride()
    .configureOutput({ writeOut: (text) => void stdout.write(text), writeErr: (text) => void stderr.write(text) })

  program
    .command('watch')
    .description('Print one line for each add or cancel of a network connection, as it happens.')
    .option('--json', 'newline-delimited JSON on standard output, a summary object last')
    .option('--notifications', 'the single calls before and after each operation instead of operations')
    .option('--count <n>', 'stop after n lines', wholeNumber(1))
    .option('--duration <seconds>', 'stop after this time', positiveNumber(DURATION_MAX))
    .option('--directory <path>', 'where the rings are, if not where the DLL writes them')
    .option('--filter <expression>', 'only what matches, for example: outcome == "failed" && durationMs > 2s')
    .option(
      '--unfinished-after <seconds>',
      'how long an operation may take before it counts as unfinished (300)',
      positiveNumber(DURATION_MAX),
    )
    .addOption(new Option('--from <where>', 'where to begin').choices(['now', 'oldest']).default('now'))
    .addOption(new Option('--consumer <name>', 'go on where the last one of this name ended; at first, with the oldest').conflicts('from'))
    .option('--cursor-directory <path>', 'where consumers are kept, if not in the folder "consumers" beside the rings')
    .showHelpAfterError("Run 'mprtap watch --help' to see all options.")
    .action(async (options: WatchOptions) => done(await watch(options, { ...context, openTap })))

  program
    .command('report')
    .description('Read what the rings hold: operations, failures and durations by server, share, error, image or user.')
    .addOption(new Option('--by <what>', 'what makes a row').choices(GROUPS).default('server'))
    .option('--top <n>', 'rows at most', wholeNumber(1), 20)
    .option('--json', 'newline-delimited JSON, a group a line')
    .option('--filter <expression>', 'only operations that match, for example: outcome == "failed"')
    .option('--directory <path>', 'where the rings are, if not where the DLL writes them')
    .showHelpAfterError("Run 'mprtap report --help' to see all options.")
    .action(async (options: ReportOptions) => done(await report(options, { ...context, openTap })))

  program
    .command('prune')
    .description('Remove rings that nobody writes to any more, and say what was done.')
    .addOption(
      new Option('--older-than <age>', 'last written longer ago than so many hours or days').argParser(age).default(AGE_DEFAULT_MS, '30d'),
    )
    .option('--dry-run', 'only say what would be removed')
    .option('--force', 'also rings that a named consumer has not read to their end')
    .option('--json', 'newline-delimited JSON, a ring a line, a summary object last')
    .option('--directory <path>', 'where the rings are, if not where the DLL writes them')
    .option('--cursor-directory <path>', 'where consumers are kept, beside the usual places')
    .showHelpAfterError("Run 'mprtap prune --help' to see all options.")
    .action(async (options: PruneOptions) => done(await prune(options, { ...context, pruneRings })))

  program
    .command('generate')
    .description('Write rings full of realistic traffic, to try things out without Windows.')
    .requiredOption('--directory <path>', 'where to write; made when missing')
    .option('--operations <n>', 'how many operations (10000; with --follow, without end)', wholeNumber(1))
    .option('--seed <n>', 'the same seed gives the same traffic', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--users <n>', 'ordinary users, each with a ring (20)', wholeNumber(1, 100_000))
    .option('--slots-log2 <k>', 'slots of each ring, as a power of two (10)', wholeNumber(SLOT_COUNT_LOG2_MIN, SLOT_COUNT_LOG2_MAX))
    .option('--follow <rate>', 'go on writing live, so many operations a second', positiveNumber(100_000))
    .showHelpAfterError("Run 'mprtap generate --help' to see all options.")
    .action(async (options: GenerateOptions) => done(await generate(options, context)))

  return program.showHelpAfterError("Run 'mprtap --help' to see all commands.")
}
