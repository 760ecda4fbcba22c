import { install } from '../../windows/install.ts'
import { notEmpty } from '../option-values.ts'
import { type ChangeReportOptions, reportChange } from '../output/change-report.ts'
import { ownCommand, packageDlls, thisMachine } from '../this-machine.ts'
import type { Verb } from '../verb.ts'

interface InstallOptions extends ChangeReportOptions {
  readonly folder?: string
  /** The name that was given, or true for the usual one. */
  readonly service?: string | true
  readonly seal?: boolean
  readonly downgrade?: boolean
}

/** The name that docs/service.md gives the service. */
const SERVICE_DEFAULT = 'mprtap'

export const verb: Verb<InstallOptions> = {
  define(command) {
    command
      .option('--dry-run', 'print every change and make none')
      .option('--folder <path>', 'where rings are to be kept, if not in ProgramData\\mprtap', notEmpty)
      .option('--service [name]', `let a service's account read the rings (${SERVICE_DEFAULT})`, notEmpty)
      .option('--seal', 'for golden images: also remove rings, positions of consumers and old copies')
      .option('--downgrade', 'replace a newer version, too')
      .option('--json', 'a JSON object on standard output')
      .option('--quiet', 'print nothing but errors')
      .addHelpText('after', EXIT_CODES)
  },
  async run({ service, folder, seal, downgrade, ...options }, _, context) {
    const result = install(await thisMachine('install'), packageDlls(), {
      folder,
      seal,
      downgrade,
      dryRun: options.dryRun,
      service: service === true ? SERVICE_DEFAULT : service,
      uninstallCommand: ownCommand('uninstall'),
    })
    return reportChange('install', result, options, context)
  },
}

const EXIT_CODES = `
Exit codes: 0 done, 3010 done and a restart completes it, 1603 not done and everything as it was, 1618 another install or uninstall is at work.`
