import { LEVEL_INFO, LEVEL_WARN } from '../../text/event-json.ts'
import { safeJson, safeText } from '../../text/safe-text.ts'
import { type Status, status } from '../../windows/status.ts'
import { EXIT_FINDING, EXIT_OK } from '../exit-codes.ts'
import { packageDlls, thisMachine } from '../this-machine.ts'
import type { Verb } from '../verb.ts'

interface StatusOptions {
  readonly json?: boolean
  readonly quiet?: boolean
}

export const verb: Verb<StatusOptions> = {
  define(command) {
    command
      .option('--json', 'a JSON object on standard output')
      .option('--quiet', 'print nothing: the exit code alone says it')
      .addHelpText('after', `\nExit codes: ${EXIT_OK} everything is as it should be, ${EXIT_FINDING} something is not.`)
  },
  async run({ json, quiet }, _, context) {
    const found = status(await thisMachine('status'), packageDlls())
    const isWell = found.findings.length === 0
    if (!quiet) {
      const { output } = context
      const lines = json
        ? [safeJson({ level: isWell ? LEVEL_INFO : LEVEL_WARN, time: Date.now(), msg: summaryOf(found), type: 'status', ...found })]
        : textOf(found).map(safeText)
      for (const line of lines) await output.write(line)
      await output.flush()
    }
    return isWell ? EXIT_OK : EXIT_FINDING
  },
}

function summaryOf({ findings, isInstalled, version }: Status): string {
  if (!isInstalled && findings.length === 1) return findings[0]!
  const count = findings.length
  return count === 0
    ? `mprtap ${version} is installed, and everything is as it should be.`
    : `${count} ${count === 1 ? 'finding' : 'findings'}.`
}

function textOf(found: Status): string[] {
  const { registration, dlls, folder, folderFault, places, control, rings, loaded, pendingRemovals, findings, notes } = found
  const lines = [
    `package      mprtap ${found.version}, sources ${found.sourceHash.slice(0, 16)}`,
    `registered   ${registration.state === 'absent' ? 'no' : `${registration.value ?? '(no text)'} (${registration.state})`}`,
    ...dlls.map(
      ({ architecture, path, state, version, sha256 }) =>
        `DLL ${architecture.padEnd(8)} ${path}: ${state}${version === undefined ? '' : `, version ${version}`}${sha256 === undefined ? '' : `, SHA-256 ${sha256}`}`,
    ),
    ...places.map(
      ({ path, state, access }) => `access       ${path}: ${state}${state === 'absent' || access === undefined ? '' : `  ${access}`}`,
    ),
    `recording    ${folderFault === undefined ? recordingText(control) : 'nothing: its folder may not be used'}`,
    `rings        ${rings === undefined ? 'cannot be counted by this account' : ringsText(rings)} in ${folder}`,
    ...loaded.map(({ processId, image, path, build }) => `loaded       ${image} ${processId}: ${build} (${path})`),
    ...pendingRemovals.map((path) => `restart      removes ${path}`),
    ...findings.map((finding) => `finding      ${finding}`),
    ...notes.map((note) => `note         ${note}`),
    summaryOf(found),
  ]
  return lines
}

function recordingText(control: Status['control']): string {
  if (control === undefined) return 'the control file cannot be read'
  return control.switchedOff ? 'switched off' : 'on'
}

function ringsText({ count, bytes, lastWrittenAt }: NonNullable<Status['rings']>): string {
  const last = lastWrittenAt === undefined ? '' : `, last written ${new Date(lastWrittenAt).toISOString()}`
  return `${count} (${Math.ceil(bytes / 1024)} KiB${last})`
}
