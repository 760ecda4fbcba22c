// What cost most, as the one sentence that a report and a list of logons begin with.

import type { Finding } from '../analysis/finding.ts'
import { statusName } from '../model/status.ts'
import { duration, plural, statusText, type Wording } from './wording.ts'

/** Names in it are as they came: whoever shows it escapes them. */
export function findingText(finding: Finding, wording: Wording): string {
  switch (finding.type) {
    case 'nothing':
      return 'There are no operations in this period.'
    case 'quick': {
      const failures = finding.failed === 0 ? 'nothing failed' : `${plural(finding.failed, 'operation')} failed`
      return `${plural(finding.logons, 'logon')} mapped within ${duration(finding.longestMs)} each; ${failures}.`
    }
    case 'slow logon':
      return `${wording.userName(finding.logon.user)} waited ${duration(finding.logon.mappingMs)} for ${plural(finding.logon.operations, 'operation')}; no server took most of it.`
    default: {
      const { logon, server, ms, attempts, failures, status } = finding
      const waited = `${wording.userName(logon.user)} waited ${duration(ms)} of ${duration(logon.mappingMs)} for ${server}`
      const failed = status === undefined ? 'no answer' : (statusName(status) ?? statusText(status))
      if (finding.type === 'dead server') return `${waited}, which is gone (${failed}, ${attempts === 1 ? '1 try' : `${attempts} tries`}).`
      if (2 * failures >= attempts) return `${waited}, where ${failures} of ${plural(attempts, 'operation')} failed (${failed}).`
      return `${waited}, which answered slowly (${plural(attempts, 'operation')}).`
    }
  }
}
