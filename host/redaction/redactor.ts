// Names to pseudonyms: HMAC-SHA-256 with a secret key, so that the same name is always the same pseudonym, and nobody without the key can try names out.

import { createHmac } from 'node:crypto'
import type { RedactionKey } from './key-file.ts'

/** Bytes of a digest that become a pseudonym, 65 bits of 5 a character. */
const CHARACTERS = 13
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
/** Names that are remembered. */
const KNOWN_MAX = 50_000

/** What a name is of. The same name of two kinds has two pseudonyms. */
type Domain = 'user' | 'host' | 'share'

/** Accounts that every Windows has: they name nobody. */
const EVERYBODYS_SID = /^S-1-5-(?:18|19|20)$/
const SID = /\bS-1-(?:\d{1,10}|0x[0-9a-f]{12})(?:-\d{1,10})+/gi
/** Devices are not names of anybody: drives, ports, pipes. */
const DEVICE = /^(?:[A-Za-z]:|LPT\d{1,3}:?|COM\d{1,3}:?|PRN:?|AUX:?)$/i
const URL_START = /^(?:https?|file):[\\/]{2}/i
const UNC_START = /^[\\/]{2}(?:[?.][\\/]UNC[\\/])?/i
/** Names that are the same everywhere: they say how something is connected, not what. */
const COMMON_PART = /^(?:IPC\$|ADMIN\$|PRINT\$|[A-Z]\$|DavWWWRoot|SYSVOL|NETLOGON)$/i
const COMMON_PROVIDER = /^(?:Microsoft Windows Network|Web Client Network|Microsoft Terminal Services|NFS Network)$/
const COMMON_PROGRAM =
  /^(?:explorer|net|net1|cmd|powershell|pwsh|svchost|userinit|gpscript|winlogon|wscript|cscript|rundll32|dllhost|mstsc|regsvr32|taskmgr|robocopy|xcopy|outlook|winword|excel|powerpnt|onedrive|msedge|chrome|firefox|System|lsass|services|sihost|taskhostw|RuntimeBroker|SearchHost)(?:\.exe)?$/i
/** In a text for people: a UNC name or URL, up to a blank or quote. */
const NAME_IN_TEXT = /(?:[\\/]{2}|https?:[\\/]{2})[^\s"'<>|\\/]+(?:[\\/][^\s"'<>|]*)?/gi

export class Redactor {
  readonly keyId: string
  readonly #key: Uint8Array
  readonly #known = new Map<string, string>()
  /** What must not come up in a sentence, the longest first, and what stands there instead. */
  #literals: (readonly [RegExp, string])[] = []
  readonly #seen = new Set<string>()

  constructor({ bytes, id }: RedactionKey) {
    this.#key = bytes
    this.keyId = id
  }

  /** A SID or an account's name. */
  user(name: string): string {
    return name === '' || EVERYBODYS_SID.test(name) ? name : this.#pseudonym('user', name)
  }

  /** A server or a machine, however its name is written in upper and lower case. */
  host(name: string): string {
    return name === '' ? name : this.#pseudonym('host', name)
  }

  share(name: string): string {
    return name === '' || COMMON_PART.test(name) ? name : this.#pseudonym('share', name)
  }

  /** A UNC name or URL keeps its form; its parts become pseudonyms. Anything else is one name. */
  remoteName(name: string): string {
    const start = (URL_START.exec(name) ?? UNC_START.exec(name))?.[0]
    if (start === undefined) return DEVICE.test(name) ? name : this.share(name)
    const [host = '', ...parts] = name.slice(start.length).split(/([\\/])/)
    return start + this.#hostPart(host) + parts.map((part) => (/^[\\/]?$/.test(part) ? part : this.share(part))).join('')
  }

  /** A user before it, a port or "@SSL@port" after it. */
  #hostPart(text: string): string {
    const [, host = '', rest = ''] = /^([^@]*)((?:@(?:SSL|\d{1,5}))*)$/i.exec(text) ?? []
    if (host === '' && text !== '') {
      const at = text.lastIndexOf('@')
      return at < 0 ? this.host(text) : `${this.user(text.slice(0, at))}@${this.#hostPart(text.slice(at + 1))}`
    }
    const [, name = host, port = ''] = /^(.*?)(:\d{1,5})?$/.exec(host) ?? []
    return this.host(name) + port + rest
  }

  localName(name: string): string {
    return DEVICE.test(name) ? name : this.remoteName(name)
  }

  provider(name: string): string {
    return COMMON_PROVIDER.test(name) ? name : this.share(name)
  }

  /** Programs that everybody has keep their names: others may bear somebody's. */
  imageName(name: string): string {
    return name === '' || COMMON_PROGRAM.test(name) ? name : `${this.share(name)}.exe`
  }

  /** From now on sentences have `instead` where they had this. */
  hide(literal: string, instead: string): void {
    if (literal.length < 3 || this.#seen.has(literal)) return
    this.#seen.add(literal)
    const pattern = new RegExp(literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi')
    this.#literals = [...this.#literals, [pattern, instead] as const].sort(([a], [b]) => b.source.length - a.source.length)
  }

  /** A sentence of ours that may have SIDs and names in it. */
  text(sentence: string): string {
    const clean = this.#literals.reduce((text, [pattern, instead]) => text.replace(pattern, () => instead), sentence)
    return clean.replace(SID, (sid) => this.user(sid))
  }

  /** A text that is not made of redacted records: server names and URLs in it are redacted too. */
  foreignText(text: string): string {
    return this.text(text).replace(NAME_IN_TEXT, (name) => this.remoteName(name))
  }

  #pseudonym(domain: Domain, name: string): string {
    const key = `${domain}\0${name.toLowerCase()}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const digest = createHmac('sha256', this.#key).update(`mprtap ${key}`, 'utf16le').digest()
    let text = ''
    // 5 bits a character, out of the first bytes.
    for (let i = 0, bits = 0, value = 0, at = 0; i < CHARACTERS; i++) {
      while (bits < 5) {
        value = ((value << 8) | digest[at++]!) & 0xffff
        bits += 8
      }
      bits -= 5
      text += ALPHABET[(value >> bits) & 31]
    }
    const pseudonym = `${domain}-${text}`
    if (this.#known.size >= KNOWN_MAX) this.#known.clear()
    this.#known.set(key, pseudonym)
    return pseudonym
  }
}
