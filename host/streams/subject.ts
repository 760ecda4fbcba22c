// The subject of a message, and what it says of where the message comes from:
//
//      mprtap.v1.<site>.<partition>.<host>
//
// Users and shares never stand in a subject: subjects show in logs, in monitoring and in permissions.

/** The version of subject and message together. A reader passes over others and says so. */
export const MESSAGE_VERSION = 'v1'
const ROOT = 'mprtap'
export const PARTITIONS = 64
/** What a stream takes that holds all sites. */
export const EVERY_SUBJECT = `${ROOT}.>`
const HOST_BYTES_MAX = 255
/** A site is chosen by people, so it is a plain word. */
const SITE = /^[A-Za-z0-9-]{1,32}$/

export interface MessageSubject {
  readonly site: string
  readonly partition: number
  readonly host: string
}

export function isSite(text: string): boolean {
  return SITE.test(text)
}

/** The name of a machine as one token: bytes other than letters, digits and "-" as `_xx`. Different names have different tokens. */
export function hostToken(host: string): string {
  const bytes = Buffer.from(host).subarray(0, HOST_BYTES_MAX)
  return [...bytes].map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : `_${byte.toString(16).padStart(2, '0')}`)).join('')
}

function isPlain(byte: number): boolean {
  return byte === 0x2d || (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
}

/** The name in a token; `undefined` when it is not one. */
function hostOf(token: string): string | undefined {
  const bytes: number[] = []
  for (let at = 0; at < token.length; at++) {
    if (token[at] !== '_') bytes.push(token.charCodeAt(at))
    else {
      const digits = token.slice(at + 1, at + 3)
      if (!/^[0-9a-f]{2}$/.test(digits)) return undefined
      bytes.push(Number.parseInt(digits, 16))
      at += 2
    }
  }
  const host = Buffer.from(bytes).toString('utf8')
  // One name, one token: what another spelling of the same name would be is refused.
  return host !== '' && hostToken(host) === token ? host : undefined
}

/** Which of the 64 parts of the work a host belongs to: FNV-1a of its name. */
export function partitionOf(host: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(host)) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0) % PARTITIONS
}

/** What a reader of one partition asks for. */
export function subjectsOfPartition(partition: number): string {
  return [ROOT, MESSAGE_VERSION, '*', partition, '*'].join('.')
}

/** @throws RangeError when the host has no name. */
export function subjectOf(site: string, host: string): string {
  if (host === '') throw new RangeError('a host without a name has no subject')
  return [ROOT, MESSAGE_VERSION, site, partitionOf(host), hostToken(host)].join('.')
}

/** What a subject says; why it says nothing, as the end of a sentence that begins with "a message". */
export function parseSubject(subject: string): MessageSubject | { readonly refusal: 'foreign' | 'newer' } {
  const [root, version, site, partition, token, ...more] = subject.split('.')
  if (root !== ROOT || version === undefined) return { refusal: 'foreign' }
  if (version !== MESSAGE_VERSION) return { refusal: /^v[0-9]{1,4}$/.test(version) ? 'newer' : 'foreign' }
  if (site === undefined || !isSite(site) || token === undefined || more.length > 0) return { refusal: 'foreign' }
  const host = hostOf(token)
  if (host === undefined || String(partitionOf(host)) !== partition) return { refusal: 'foreign' }
  return { site, partition: partitionOf(host), host }
}
