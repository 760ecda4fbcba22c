// The server and the share in a remote name. The core groups by the same rules; docs/statistics.md has the table of forms, and one test holds
// both to it.

import { win32StatusOf } from '../model/status.ts'

/** Statuses that usually mean that the server was not reached ("System Error Codes", Microsoft Learn). */
const NOT_REACHED: ReadonlySet<number> = new Set([51, 53, 55, 59, 64, 121, 1203, 1222, 1225, 1231, 1232, 1236])

/** Whether a status says that nobody answered, as opposed to an answer that was no. */
export function isNotReached(status: number | undefined): boolean {
  return status !== undefined && NOT_REACHED.has(win32StatusOf(status))
}

/** The server in a remote name; a name that is not a UNC name or a URL is its own server. `undefined`: there is no name. */
export function serverOf(remoteName: string | undefined): string | undefined {
  return remoteName ? partsOf(remoteName).server : undefined
}

/** `\\server\share` of a remote name, or as much of it as there is. `undefined`: there is no name. */
export function shareOf(remoteName: string | undefined): string | undefined {
  return remoteName ? partsOf(remoteName).share : undefined
}

interface Parts {
  readonly server: string
  readonly share: string
}

const memo = new Map<string, Parts>()
const MEMO_MAX = 50_000

function partsOf(name: string): Parts {
  let parts = memo.get(name)
  if (!parts) {
    parts = split(name)
    if (memo.size >= MEMO_MAX) memo.clear()
    memo.set(name, parts)
  }
  return parts
}

const URL_START = /^https?:\/\//i
const UNC_START = /^(?:(?:[\\/]{2}[?.]|[\\/]\?\?)[\\/]UNC[\\/]+|[\\/]{2})/i

function split(name: string): Parts {
  const isUrl = URL_START.test(name)
  const rest = name.replace(isUrl ? URL_START : UNC_START, '')
  if (!isUrl && rest.length === name.length) return { server: name, share: name }
  // The path of a URL ends where its query or fragment begins.
  const [host = '', ...parts] = (isUrl ? rest.replace(/[?#].*$/s, '') : rest).split(/[\\/]/)
  // A URL may have a user before its host and a port after it, a WebDAV name "@SSL@port".
  const server = isUrl ? host.replace(/^.*@/s, '').replace(/:[^\]]*$/s, '') : host.replace(/@.*$/s, '')
  const path = parts.filter((part) => part !== '')
  if (server === '') return { server: name, share: name }
  // The WebDAV redirector puts this name where no share is.
  if (path[0]?.toLowerCase() === 'davwwwroot') path.shift()
  const share = path[0]
  return { server, share: share ? `\\\\${server}\\${share}` : `\\\\${server}` }
}
