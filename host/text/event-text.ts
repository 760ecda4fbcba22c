// Parts of an operation or notification as text for people. Names are escaped: they come from strangers.
import type { EventFields, OperationError } from '../model/events.ts'
import type { Observed } from '../model/observed.ts'
import { safeText } from './safe-text.ts'

/** `P: -> \\server\share`; `-` for no device; the one name that a cancel has. Names of which there was more end in `…`. `pad` aligns the device. */
export function formatMapping(event: EventFields, pad = (local: string) => local): string {
  const { kind } = event
  const local = nameText(event, 'localName', event.localName)
  const remote = nameText(event, 'remoteName', event.remoteName)
  if (kind === 'cancel' && (local === '' || remote === '')) return local || remote || '-'
  return `${pad(local || '-')} -> ${remote || '-'}`
}

/**
 * `explorer.exe 4711`, and whose records they are in, and from which machine: `explorer.exe 4711  CORP\\berger from LAPTOP-7`; `-` for a program
 * without a name. What a thread did for another account than its process's says so: `svchost.exe 812  CORP\\berger (impersonated)`.
 */
export function formatProcess(event: EventFields, userName?: string, clientName?: string): string {
  const process = `${nameText(event, 'image', event.process.image) || '-'} ${event.process.id}`
  const client = clientName === undefined ? '' : ` from ${safeText(clientName)}`
  const user = userName === undefined && client === '' ? '' : `  ${safeText(userName ?? event.user)}${client}`
  return process + user + (event.impersonated ? ' (impersonated)' : '')
}

function nameText({ truncated, unreadable }: EventFields, which: 'localName' | 'remoteName' | 'image', name: string | undefined): string {
  const isWhole = truncated?.[which] === undefined && !unreadable?.includes(which)
  return safeText(name ?? '') + (isWhole ? '' : '…')
}

/** `ERROR_BAD_NETPATH (53)`, or the number alone, in both notations when it looks like an NTSTATUS or HRESULT. */
export function formatError({ code, name }: OperationError): string {
  if (name !== undefined) return `${name} (${code})`
  return code >= 0x80000000 ? `error ${code} (0x${code.toString(16)})` : `error ${code}`
}

/** `53 BAD_NETPATH`: the number first, because what comes after it may be cut off. */
export function formatErrorShort({ code, name }: OperationError): string {
  return name === undefined ? `${code}` : `${code} ${name.replace(/^ERROR_/, '')}`
}

const CHANGES = { present: '', came: 'came without a notification', went: 'went without a notification' } as const

/** `Z: -> \\server\share  connected, remembered`, and how it came or went. `pad` aligns the device. */
export function formatObserved(observed: Observed, pad = (local: string) => local): string {
  const { localName, remoteName, isConnected, isRemembered, change } = observed
  const states = [isConnected ? 'connected' : '', isRemembered ? 'remembered' : '', CHANGES[change]].filter((state) => state !== '')
  return `${pad(safeText(localName ?? '-'))} -> ${safeText(remoteName)}  ${states.join(', ')}`
}
