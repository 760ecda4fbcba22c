import type { Writable } from 'node:stream'
import type { Command } from 'commander'

/** What a verb needs of the process that it runs in. */
export interface CommandContext {
  readonly stdout: Writable & { isTTY?: boolean; columns?: number }
  readonly stderr: Writable & { isTTY?: boolean; columns?: number }
  readonly env: NodeJS.ProcessEnv
  /** Ends what runs, as Ctrl-C does. */
  readonly stop: AbortSignal
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
