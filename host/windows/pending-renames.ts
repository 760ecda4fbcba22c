// What Windows is to remove or rename when it starts next ("MoveFileEx function"): pairs of paths in one value, which all installers share. Pairs
// of others are never touched.

import { type Machine, REG_MULTI_SZ, type RegistryValue } from '../model/machine.ts'
import { stringsOf } from './registry-text.ts'

export const SESSION_MANAGER_KEY = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager'
export const PENDING_RENAMES = 'PendingFileRenameOperations'

/** One of them: to be removed when `to` is empty. */
export interface PendingRename {
  readonly from: string
  readonly to: string
}

const plain = (path: string) => path.replace(/^!?\*?\d*!?(?:\\\?\?\\)?/, '')

export function pendingRenames(machine: Machine): PendingRename[] {
  return pairsOf(machine.registry.read(SESSION_MANAGER_KEY, PENDING_RENAMES)).map(([from, to]) => ({ from: plain(from), to: plain(to) }))
}

function pairsOf(value: RegistryValue | undefined): [string, string][] {
  if (value?.type !== REG_MULTI_SZ) return []
  const strings = stringsOf(value.data)
  const pairs: [string, string][] = []
  for (let index = 0; index + 1 < strings.length; index += 2) pairs.push([strings[index]!, strings[index + 1]!])
  // The list's own end is an empty string; a pair has something to rename.
  return pairs.filter(([from]) => from !== '')
}

/** Whether a file is to be removed or renamed at the next start. */
export function isPending(machine: Machine, path: string): boolean {
  return pendingRenames(machine).some(({ from }) => from.toLowerCase() === path.toLowerCase())
}

/** The value without what would happen to `path`; `undefined`: nothing is left of it. */
export function withoutPending(value: RegistryValue, path: string): RegistryValue | undefined {
  const kept = pairsOf(value).filter(([from]) => plain(from).toLowerCase() !== path.toLowerCase())
  if (kept.length === 0) return undefined
  const text = kept.map(([from, to]) => `${from}\0${to}\0`).join('')
  return { ...value, data: new Uint8Array(Buffer.from(`${text}\0`, 'utf16le')) }
}
