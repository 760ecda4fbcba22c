// An empty value is mostly a variable that was not set: no verb takes one for a folder, a file or anything else.
import { Command, type CommanderError } from 'commander'
import { describe, expect, it } from 'vitest'
import { addRedaction } from '../../host/cli/redaction.ts'
import type { Verb } from '../../host/cli/verb.ts'
import { VERBS } from '../../host/cli/verbs.ts'
import { mprtap } from './command.ts'

const commands = await Promise.all(
  VERBS.map(async ({ name, load }) => {
    const define = async () => {
      const command = new Command(name).exitOverride().configureOutput({ writeErr: () => {} })
      command.action(() => {})
      ;((await load()) as Verb<unknown, readonly unknown[]>).define(command)
      addRedaction(command)
      return command
    }
    return { name, define, command: await define() }
  }),
)
const options = commands.flatMap(({ name, define, command }) =>
  command.options.filter(({ required, optional }) => required || optional).map(({ long }) => [`${name} ${long}`, define, long!] as const),
)
const operands = commands.flatMap(({ name, define, command }) =>
  command.registeredArguments.map((_, at) => [`${name}, argument ${at + 1}`, define, at] as const),
)

function refusal(command: Command, words: readonly string[]): string {
  try {
    command.parse(words, { from: 'user' })
  } catch (error) {
    return (error as CommanderError).code
  }
  return 'taken'
}

describe('an empty value', () => {
  it.each(options)('of %s is refused', async (_, define, option) => {
    expect(refusal(await define(), [option, ''])).toBe('commander.invalidArgument')
  })

  it.each(operands)('for %s is refused', async (_, define, at) => {
    const command = await define()
    // All that must be there is there.
    const others = command.registeredArguments.map(({ argChoices }) => argChoices?.[0] ?? '53')
    const mandatory = command.options.filter((option) => option.mandatory).flatMap(({ long }) => [long!, 'nats://localhost/S'])
    expect(refusal(command, [...mandatory, ...others.with(at, '')])).toBe('commander.invalidArgument')
  })

  it('says which one it was, and that the command line is wrong', async () => {
    const run = mprtap('report', '')
    expect(await run.ended()).toBe(2)
    expect(run.stderr).toMatch(/^mprtap: .*It is empty/)
  })
})
