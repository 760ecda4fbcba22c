// What a history is about: "Z:", "\\fs01\projects", "fs01", a SID, "logon.exe".

import { MprtapError } from '../model/errors.ts'
import type { OperationRow } from './operation-row.ts'
import { serverOf, shareOf } from './remote-name.ts'

export type HistorySubject =
  | { readonly by: 'device'; readonly name: string }
  | { readonly by: 'share'; readonly name: string }
  | { readonly by: 'server'; readonly name: string }
  | { readonly by: 'user'; readonly name: string }
  | { readonly by: 'image'; readonly name: string }
  | { readonly by: 'process'; readonly id: number }

const PREFIXES = ['device', 'share', 'server', 'user', 'image', 'process'] as const
const DEVICE = /^(?:[a-z]:|lpt\d+:?|com\d+:?)$/i
const SID = /^S-1-[\dx-]+$/i

/**
 * Reads what a person typed. A prefix decides where the form does not: `server:nas21`, `image:net.exe`, `process:4711`.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when there is nothing that it could mean.
 */
export function parseHistorySubject(text: string): HistorySubject {
  const colon = text.indexOf(':')
  const prefix = colon > 1 ? PREFIXES.find((name) => name === text.slice(0, colon).toLowerCase()) : undefined
  const name = prefix ? text.slice(colon + 1) : text
  if (name === '') throw invalid(text)
  switch (prefix ?? formOf(name)) {
    case 'device':
      return { by: 'device', name: name.toLowerCase() }
    case 'share':
      return { by: 'share', name: (shareOf(name) ?? name).toLowerCase() }
    case 'user':
      return { by: 'user', name: name.toUpperCase() }
    case 'image':
      return { by: 'image', name: name.toLowerCase() }
    case 'process':
      if (!/^\d{1,10}$/.test(name)) throw invalid(text)
      return { by: 'process', id: Number(name) }
    default:
      return { by: 'server', name: (serverOf(name) ?? name).toLowerCase() }
  }
}

function formOf(name: string): (typeof PREFIXES)[number] {
  if (DEVICE.test(name)) return 'device'
  if (SID.test(name)) return 'user'
  if (/^\d+$/.test(name)) return 'process'
  if (/\.(?:exe|com|scr)$/i.test(name)) return 'image'
  const share = shareOf(name)
  const server = serverOf(name)
  return share !== undefined && server !== undefined && share.length > server.length + 2 ? 'share' : 'server'
}

function invalid(text: string): MprtapError {
  const forms = String.raw`a drive letter (Z:), a share (\\server\share), a server, a user's SID, a program (net.exe) or a process id`
  return new MprtapError('MPRTAP_INVALID_ARGUMENT', `${JSON.stringify(text)} does not name anything that has a history. Give ${forms}.`)
}

/** Whether an operation belongs to the history of a subject. */
export function isAbout(
  subject: HistorySubject,
  row: Pick<OperationRow, 'localName' | 'remoteName' | 'user' | 'image' | 'processId'>,
): boolean {
  switch (subject.by) {
    case 'device':
      return row.localName?.toLowerCase() === subject.name
    case 'share':
      return shareOf(row.remoteName)?.toLowerCase() === subject.name
    case 'server':
      return serverOf(row.remoteName)?.toLowerCase() === subject.name
    case 'user':
      return row.user.toUpperCase() === subject.name
    case 'image':
      return row.image?.toLowerCase() === subject.name
    default:
      return row.processId === subject.id
  }
}
