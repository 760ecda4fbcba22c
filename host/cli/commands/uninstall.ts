import { uninstall } from '../../windows/uninstall.ts'
import { notEmpty } from '../option-values.ts'
import { type ChangeReportOptions, reportChange } from '../output/change-report.ts'
import { packageDlls, thisMachine } from '../this-machine.ts'
import type { Verb } from '../verb.ts'

interface UninstallOptions extends ChangeReportOptions {
  readonly folder?: string
  readonly purge?: boolean
}

export const verb: Verb<UninstallOptions> = {
  define(command) {
    command
      .option('--dry-run', 'print every change and make none')
      .option('--purge', 'also remove rings, captures, consumers and their folders')
      .option('--folder <path>', 'where the rings are, should the registry not say so any more', notEmpty)
      .option('--json', 'a JSON object on standard output')
      .option('--quiet', 'print nothing but errors')
      .addHelpText('after', EXIT_CODES)
  },
  async run({ purge, folder, ...options }, _, context) {
    const result = uninstall(await thisMachine('uninstall'), packageDlls(), { purge, folder, dryRun: options.dryRun })
    return reportChange('uninstall', result, options, context)
  },
}

const EXIT_CODES = `
Exit codes: 0 done, 3010 done and a restart completes it, 1603 not done and everything as it was, 1618 another install or uninstall is at work.`
