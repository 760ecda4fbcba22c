// What `mprtap farm` does with the engine, and what it says.

import type { JetStreamManager } from '@nats-io/jetstream'
import type { Redactor } from '../redaction/redactor.ts'
import { type FarmHost, farmHosts } from '../streams/farm-hosts.ts'
import { initFarm } from '../streams/farm-stream.ts'
import { safeJson } from '../text/safe-text.ts'
import { type Column, tableLines } from '../text/table.ts'
import { EXIT_FAILURE, EXIT_FINDING, EXIT_OK } from './exit-codes.ts'
import { terminalWidth } from './output/line-style.ts'
import type { CommandContext } from './verb.ts'

/** Without a promise of the host's own: three of the usual ones. */
const SILENT_MS = 180_000
const PROMISES_MISSED = 3

interface InitOptions {
  readonly replicas: number
  readonly maxAge: number
  readonly maxSize: number
}

export async function farmInit(
  name: string,
  manager: JetStreamManager,
  { replicas, maxAge, maxSize }: InitOptions,
  { output, tell }: CommandContext,
): Promise<number> {
  let code = EXIT_OK
  for (const [i, { made, faults, ...of }] of (await initFarm(manager, { name, replicas, maxAgeMs: maxAge, maxBytes: maxSize })).entries()) {
    const what = `${i === 0 ? 'stream' : 'bucket'} ${of.name}`
    const done = { new: 'was made', changed: 'was changed to what was asked for', 'as it was': 'is there already, as asked for' }[made]
    for (const fault of faults) tell(`The ${what} differs: ${fault}.`)
    await output.write(`The ${what} ${faults.length > 0 && made === 'as it was' ? 'is there already' : done}.`)
    if (faults.length > 0) code = EXIT_FAILURE
  }
  return code
}

interface StatusOptions {
  /** ms; 0: by what each host promised. */
  readonly silent: number
  readonly lag: number
  readonly lost: number
  readonly json?: boolean
}

type Finding = 'silent' | 'behind' | 'lost'

interface JudgedHost extends FarmHost {
  readonly findings: readonly Finding[]
}

export function judgeHost(host: FarmHost, { silent, lag, lost }: StatusOptions, now: number): JudgedHost {
  const silentMs = silent || (host.everyMs > 0 ? PROMISES_MISSED * host.everyMs : SILENT_MS)
  const findings: Finding[] = []
  if (now - host.lastSeen > silentMs) findings.push('silent')
  if (host.behind > lag) findings.push('behind')
  if (host.lost > lost) findings.push('lost')
  return { ...host, findings }
}

const age = (ms: number) => `${Math.max(0, Math.round(ms / 1000))} s`

function columns(now: number): Column<JudgedHost>[] {
  return [
    { title: 'host', type: 'text', rank: 0, text: ({ host }) => host },
    { title: 'site', type: 'text', rank: 4, text: ({ site }) => site },
    { title: 'last seen', type: 'number', rank: 1, text: ({ lastSeen }) => age(now - lastSeen) },
    { title: 'behind', type: 'number', rank: 2, text: ({ behind }) => String(behind) },
    { title: 'lost', type: 'number', rank: 1, text: ({ lost }) => String(lost) },
    { title: 'version', type: 'text', rank: 3, text: ({ version }) => version },
    { title: 'finding', type: 'text', rank: 0, text: ({ findings }) => findings.join(', ') },
  ]
}

function redactedHost(redactor: Redactor, host: FarmHost): FarmHost {
  return { ...host, host: redactor.host(host.host), site: redactor.share(host.site) }
}

export async function farmStatus(
  name: string,
  manager: JetStreamManager,
  options: StatusOptions,
  context: CommandContext,
): Promise<number> {
  const { output, say, redactor } = context
  const hosts = (await farmHosts(manager, name)).map((host) => (redactor ? redactedHost(redactor, host) : host))
  const now = Date.now()
  const judged = hosts.map((host) => judgeHost(host, options, now))
  const silent = judged.filter(({ findings }) => findings.includes('silent')).map(({ host }) => host)
  const versions = [...new Set(hosts.map(({ version }) => version))].sort()
  const summary = {
    type: 'farm',
    hosts: hosts.length,
    silent,
    behind: judged.filter(({ findings }) => findings.includes('behind')).length,
    lost: hosts.reduce((sum, { lost }) => sum + lost, 0),
    versions,
  }
  if (options.json) {
    for (const host of judged) await output.write(safeJson({ type: 'host', ...host }, {}))
    await output.write(safeJson(summary, {}))
  } else {
    for (const line of tableLines(columns(now), judged, terminalWidth(context))) await output.write(line)
    const who = silent.length === 0 ? 'none is silent' : `silent: ${silent.join(', ')}`
    say(`${hosts.length} hosts, ${who}; ${summary.lost} records lost; versions ${versions.join(', ') || 'none'}`)
  }
  return judged.some(({ findings }) => findings.length > 0) ? EXIT_FINDING : EXIT_OK
}
