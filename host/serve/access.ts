// Who may see the page. On a terminal server every user shares the loopback address, so that nobody is let in without the token; and a page of
// somebody else, open in the same browser, must not reach ours.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** A new token: 192 random bits. */
export function newToken(): string {
  return randomBytes(24).toString('base64url')
}

/** Headers of every answer. The page may load its own files and open its own stream, nothing else. */
export const SAFETY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
}

export class Access {
  readonly #digest: Buffer
  readonly #port: number

  /** @param port the port that the server listens on: it is part of the cookie's name, since cookies do not know ports. */
  constructor(token: string, port: number) {
    this.#digest = digestOf(token)
    this.#port = port
  }

  /** Why a request is refused before anything else is looked at; `undefined`: it may go on. */
  foreign({ headers }: IncomingMessage): string | undefined {
    // A name that somebody else's DNS points to this address (DNS rebinding) is not ours.
    if (!this.#hosts().includes(headers.host ?? '')) return 'This server answers to localhost only.'
    const { origin } = headers
    if (origin !== undefined && !this.#hosts().includes(origin.replace(/^http:\/\//, '')))
      return 'A page of another origin may not ask this server.'
    if (headers['sec-fetch-site'] === 'cross-site') return 'A page of another site may not ask this server.'
    return undefined
  }

  #hosts(): string[] {
    return ['localhost', '127.0.0.1', '[::1]'].map((name) => `${name}:${this.#port}`)
  }

  /** Whether this is the token. Takes as long whatever was guessed. */
  isToken(text: string | null | undefined): boolean {
    return typeof text === 'string' && timingSafeEqual(digestOf(text), this.#digest)
  }

  /** Whether a request carries the token: as a cookie, or as `Authorization: Bearer …` for scrapers. */
  isAllowed({ headers }: IncomingMessage): boolean {
    const bearer = /^Bearer ([\w-]{1,200})$/.exec(headers.authorization ?? '')?.[1]
    if (this.isToken(bearer)) return true
    const cookie = (headers.cookie ?? '').split(/;\s*/).find((part) => part.startsWith(`${this.#cookieName()}=`))
    return this.isToken(cookie?.slice(this.#cookieName().length + 1))
  }

  /** The cookie that a browser gets in exchange for the token. */
  cookie(token: string): string {
    return `${this.#cookieName()}=${token}; HttpOnly; SameSite=Strict; Path=/`
  }

  #cookieName(): string {
    return `mprtap-${this.#port}`
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
