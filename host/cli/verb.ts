import type { Command } from 'commander'
import type { Loss } from '../model/account.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { LineWriter } from './output/line-writer.ts'

/** What the command needs of the process that it runs in. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number }
  readonly env: NodeJS.ProcessEnv
  /** Ends what runs, as Ctrl-C does. */
  readonly stop: AbortSignal
}

/** What a verb works with. */
export interface CommandContext extends Streams {
  /** Standard output, a line at a time. It is flushed when the verb has ended. */
  readonly output: LineWriter
  /** Writes a sentence to standard error: something went wrong, and the verb goes on. `mprtap: ` is put before it; names in it are escaped. */
  readonly tell: (sentence: string) => void
  /** Writes a line of what was done to standard error. */
  readonly say: (line: string) => void
  /** Notes a loss where people look for it later: in the event log, when that is asked for. */
  readonly noteLoss?: (loss: Loss) => void
  /** Of --redact: the path of the key file, for openTap(). */
  readonly redact?: string | undefined
  readonly redactor?: Redactor | undefined
}

/**
 * One verb: what its file in commands/ exports. The verb's name and its summary stand in verbs.ts, so that `mprtap --help` loads no verb.
 *
 * @typeParam Options what commander makes of the options
 * @typeParam Operands what commander makes of the arguments, in order
 */
export interface Verb<Options, Operands extends readonly unknown[] = []> {
  /** Adds options and arguments to `command`, and nothing else: no action, no description. */
  define(command: Command): void
  /**
   * Does what the verb does and gives its exit code (exit-codes.ts).
   *
   * @throws Error with a sentence for people. An MprtapError about an argument gives exit code 2, any other error 1.
   */
  run(options: Options, operands: Operands, context: CommandContext): Promise<number>
}

/** One entry of the list of verbs. */
export interface VerbEntry {
  readonly name: string
  /** One sentence, for `mprtap --help`. */
  readonly summary: string
  /** Loads the verb's file. The build makes a file of its own of it, so that a verb costs no time until it is used. */
  readonly load: () => Promise<Verb<never, never>>
}
