// Which ring an interface of a capture stands for, as its description says it. The description is the one text that all common tools keep and show, and
// by which mergecap tells interfaces of two hosts apart.

/** Whose records they are. */
export interface RingIdentity {
  /** Name of the machine. */
  readonly host: string
  /** SID of the ring's owner; a pseudonym in a redacted capture. */
  readonly user: string
  /** The ring file's id: 16 hexadecimal digits, as its bytes stand in the header. */
  readonly fileId: string
  /** Of a redacted capture: the id of the key. */
  readonly redacted: string | undefined
}

const DESCRIPTION = /^mprtap ring host=([^ ]{0,1024}) user=([^ ]{0,256}) file=([0-9a-f]{16})(?: redacted=([0-9a-f]{16}))?$/
/** What could be mistaken for the end of a value, and what no terminal should see. */
const UNSAFE = /[^\p{L}\p{N}._~@$()[\]{}!,;:+-]/gu

/** @example `mprtap ring host=RDS07 user=S-1-5-21-1004336348-1177238915-682003330-1108 file=00f3a1c2d4e5b697` */
export function describeRing({ host, user, fileId, redacted }: RingIdentity): string {
  const ring = `mprtap ring host=${encode(host)} user=${encode(user)} file=${fileId}`
  return redacted === undefined ? ring : `${ring} redacted=${redacted}`
}

/** The identity in an interface's description; `undefined` when it is not one of ours. */
export function parseDescription(text: string): RingIdentity | undefined {
  const [, host, user, fileId, redacted] = DESCRIPTION.exec(text) ?? []
  if (host === undefined || user === undefined || fileId === undefined || /^0+$/.test(fileId)) return undefined
  try {
    return { host: decodeURIComponent(host), user: decodeURIComponent(user), fileId, redacted }
  } catch {
    return undefined
  }
}

/** Two identities are of the same ring when their keys are equal. */
export function identityKey({ host, user, fileId, redacted = '' }: RingIdentity): string {
  return JSON.stringify([host, user, fileId, redacted])
}

function encode(text: string): string {
  // A lone surrogate has no UTF-8 and so no percent-encoding.
  return Buffer.from(text)
    .toString()
    .replace(UNSAFE, (character) => encodeURIComponent(character).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`))
}
