import { LEVEL_INFO, LEVEL_WARN } from '../../text/event-json.ts'
import { safeJson, safeText } from '../../text/safe-text.ts'
import { type Audited, type AuditedFile, auditNotifyees } from '../../windows/notifyees.ts'
import { EXIT_FINDING, EXIT_OK } from '../exit-codes.ts'
import { thisMachine } from '../this-machine.ts'
import type { Verb } from '../verb.ts'

interface NotifyeesOptions {
  readonly json?: boolean
  readonly quiet?: boolean
}

export const verb: Verb<NotifyeesOptions> = {
  define(command) {
    command
      .option('--json', 'newline-delimited JSON, an object a notifyee or provider, a summary object last')
      .option('--quiet', 'print nothing: the exit code alone says it')
      .addHelpText('after', `\nExit codes: ${EXIT_OK} nothing was found, ${EXIT_FINDING} something was.`)
  },
  async run({ json, quiet }, _, context) {
    const machine = await thisMachine('notifyees')
    const all = auditNotifyees(machine)
    const findings = all.reduce((sum, one) => sum + one.findings.length, 0)
    const summary = `${count(all, 'notifyee')}, ${count(all, 'provider')}; ${findings} ${findings === 1 ? 'finding' : 'findings'}.`
    const wine = machine.isWine ? ['Who can write these files: not verified: Wine, which keeps no access lists.'] : []
    if (!quiet) {
      const { output } = context
      for (const one of all) {
        if (json)
          await output.write(safeJson({ level: levelOf(one.findings.length), time: Date.now(), msg: titleOf(one), type: one.kind, ...one }))
        else for (const line of textOf(one)) await output.write(safeText(line))
      }
      if (json)
        await output.write(safeJson({ level: levelOf(findings), time: Date.now(), msg: summary, type: 'summary', findings, notes: wine }))
      else for (const line of [...wine, summary]) await output.write(line)
      await output.flush()
    }
    return findings === 0 ? EXIT_OK : EXIT_FINDING
  },
}

const levelOf = (findings: number) => (findings === 0 ? LEVEL_INFO : LEVEL_WARN)

function count(all: readonly Audited[], kind: Audited['kind']): string {
  const number = all.filter((one) => one.kind === kind).length
  return `${number} ${kind}${number === 1 ? '' : 's'}`
}

const titleOf = ({ kind, name, text, isOurs, valueType }: Audited) =>
  `${kind} ${name}: ${text ?? `(${valueType})`}${isOurs ? " (mprtap's)" : ''}`

function textOf(one: Audited): string[] {
  return [
    titleOf(one),
    ...one.files.filter(({ exists }) => exists).map(fileText),
    ...one.findings.map((finding) => `    finding: ${finding}`),
  ]
}

function fileText({ bits, path, version, product, sha256, hasSignature }: AuditedFile): string {
  const signature = hasSignature ? 'has a signature' : 'has no signature'
  return `    ${bits}-bit  ${path}  ${product ?? '(no product)'} ${version ?? ''}  ${signature}  SHA-256 ${sha256 ?? '-'}`
}
