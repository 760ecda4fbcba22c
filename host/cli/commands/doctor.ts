import { release } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { openTap } from '../../index.ts'
import { MprtapError } from '../../model/errors.ts'
import type { Machine } from '../../model/machine.ts'
import type { Redactor } from '../../redaction/redactor.ts'
import { LEVEL_INFO, LEVEL_WARN } from '../../text/event-json.ts'
import { safeJson, safeText } from '../../text/safe-text.ts'
import { BLOCKED_QUERY, blockedLoads } from '../../windows/blocked-loads.ts'
import { type Check, examine, type Heard, type Listen, type Observations, tryClients } from '../../windows/doctor.ts'
import { probe } from '../../windows/probes.ts'
import { questions } from '../../windows/questions.ts'
import { EXIT_FINDING, EXIT_OK } from '../exit-codes.ts'
import { notEmpty } from '../option-values.ts'
import { packageDlls, thisMachine } from '../this-machine.ts'
import type { Verb } from '../verb.ts'

interface DoctorOptions {
  readonly share?: string
  readonly verify?: boolean
  readonly json?: boolean
}

/** How long the last records of a client are waited for, ms. */
const LISTEN_MS = 1500
const LOG_LIMIT_MS = 30_000

export const verb: Verb<DoctorOptions> = {
  define(command) {
    command
      .option(
        '--share <name>',
        'let every client of this machine connect to this share (\\\\server\\share), and say which ones are recorded',
        notEmpty,
      )
      .option('--verify', 'also what only a real Windows can confirm, as a table to paste into an issue')
      .option('--json', 'newline-delimited JSON, an object a check, a summary object last')
      .addHelpText('after', `\nExit codes: ${EXIT_OK} nothing was found, ${EXIT_FINDING} something was.`)
  },
  async run({ share, verify, json }, _, context) {
    const { clients, isPlainShare } = await import('../../windows/clients.ts')
    if (share !== undefined && !isPlainShare(share))
      throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `${share} is not the plain name of a share, such as \\\\server\\share.`)
    const machine = await thisMachine('doctor')
    const observed = await observations()
    if (context.redactor) hideObserved(context.redactor, observed)
    const checks = examine(machine, packageDlls(), observed)
    if (share === undefined) checks.push({ area: 'client', what: 'all', result: 'not checked', detail: 'give a share with --share' })
    else checks.push(...(await tryClients(clients, share, listenAs(context.redactor))))
    if (verify) checks.push(...probe(machine.isWine), ...questions(machine, checks))

    const findings = checks.filter(({ result }) => result === 'finding').length
    const summary = `${checks.length} checks, ${findings} ${findings === 1 ? 'finding' : 'findings'}.`
    const { output } = context
    if (json) {
      for (const check of checks) await output.write(checkJson(check))
      await output.write(
        safeJson({
          level: findings > 0 ? LEVEL_WARN : LEVEL_INFO,
          time: Date.now(),
          msg: summary,
          type: 'summary',
          checks: checks.length,
          findings,
        }),
      )
    } else {
      for (const line of verify ? markdown(machine, checks) : lines(checks)) await output.write(line)
      await output.write(summary)
    }
    await output.flush()
    return findings === 0 ? EXIT_OK : EXIT_FINDING
  },
}

/** Programs of this machine bear names of their own. */
function hideObserved(redactor: Redactor, { strict, blocked }: Observations): void {
  for (const { image } of typeof strict === 'string' ? [] : strict.strict) redactor.hideWord(image, redactor.imageName(image))
  for (const { file, process } of typeof blocked === 'string' ? [] : blocked)
    for (const path of [file, process]) redactor.hideWord(path, redactor.path(path))
}

async function observations(): Promise<Observations> {
  const [{ strictProcesses }, { runProgram }] = await Promise.all([
    import('../../system/mitigations.ts'),
    import('../../system/programs.ts'),
  ])
  let strict: Observations['strict']
  try {
    strict = strictProcesses()
  } catch {
    strict = 'this Windows does not tell mitigation policies'
  }
  const { exitCode, output, isMissing } = await runProgram('wevtutil.exe', BLOCKED_QUERY, LOG_LIMIT_MS)
  const isReadable = exitCode === 0 && (output.trim() === '' || output.includes('<Event '))
  return {
    now: Date.now(),
    strict,
    blocked: isReadable ? blockedLoads(output) : isMissing ? 'wevtutil is not on this machine' : 'the log cannot be read by this account',
  }
}

/** Collects the notifications about one share while something is done. */
const listenAs =
  (redactor: Redactor | undefined): Listen =>
  async (share, work) => {
    const imageOf = (name = '?') => (redactor ? redactor.imageName(name) : name)
    const heard: Heard[] = []
    const end = new AbortController()
    const tap = await openTap({ level: 'notification', from: 'now', signal: end.signal })
    const collecting = (async () => {
      for await (const { kind, phase, remoteName, process } of tap) {
        if (kind === 'add' && remoteName?.toLowerCase() === share.toLowerCase()) heard.push({ phase, image: imageOf(process.image) })
      }
    })()
    try {
      await work()
      await delay(LISTEN_MS)
    } finally {
      end.abort()
      await collecting.catch(() => {})
      await tap.close()
    }
    return heard
  }

const checkJson = ({ area, what, result, detail }: Check) =>
  safeJson({
    level: result === 'finding' ? LEVEL_WARN : LEVEL_INFO,
    time: Date.now(),
    msg: `${area} ${what}: ${result}`,
    type: 'check',
    area,
    what,
    result,
    detail,
  })

function lines(checks: readonly Check[]): string[] {
  const width = Math.max(...checks.map(({ area }) => area.length))
  return checks.map(({ area, what, result, detail }) =>
    safeText(`${result.padEnd('not checked'.length)}  ${area.padEnd(width)}  ${what}${detail === '' ? '' : `: ${detail}`}`),
  )
}

/** A table for an issue. Names are quoted as code, so that none of them can be more. */
function markdown(machine: Machine, checks: readonly Check[]): string[] {
  const cell = (text: string) => safeText(text).replace(/[|`\\<>]/g, (character) => `&#${character.charCodeAt(0)};`)
  const system = `${machine.isWine ? 'Wine' : 'Windows'} ${release()}, machine 0x${machine.nativeMachine.toString(16)}, Node ${process.version}`
  return [
    `mprtap doctor --verify on ${system}`,
    '',
    '| result | area | what | detail |',
    '|---|---|---|---|',
    ...checks.map(({ area, what, result, detail }) => `| ${result} | ${cell(area)} | ${cell(what)} | ${cell(detail)} |`),
    '',
  ]
}
