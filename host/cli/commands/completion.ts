import { Argument, Command } from 'commander'
import { completionScript, type KnownVerb, SHELLS, type Shell } from '../completion-scripts.ts'
import { EXIT_OK } from '../exit-codes.ts'
import type { Verb, VerbEntry } from '../verb.ts'

/** The verb that prints a script which completes these verbs, their options and values in a shell. */
export function completionOf(entries: readonly VerbEntry[]): Verb<object, [Shell]> {
  return {
    define(command) {
      command.addArgument(new Argument('<shell>', 'which shell the script is for').choices(SHELLS))
    },
    async run(_options, [shell], { output }) {
      const verbs = await Promise.all(entries.map(async (entry) => knownVerb(entry.name, await entry.load())))
      await output.write(completionScript(shell, verbs))
      return EXIT_OK
    },
  }
}

function knownVerb(name: string, { define }: Pick<Verb<never>, 'define'>): KnownVerb {
  const command = new Command(name)
  define(command)
  const options = command.options.map(({ long, argChoices, required, flags }) => ({
    name: long!,
    values: argChoices ?? [],
    isPath: /<(?:path|file|folder)>/.test(flags),
    takesValue: required,
  }))
  const values = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])
  return { name, options: [...options, { name: '--help', values: [], isPath: false, takesValue: false }], values }
}
