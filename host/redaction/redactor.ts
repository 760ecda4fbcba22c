// Names to pseudonyms: HMAC-SHA-256 with a secret key, so that the same name is always the same pseudonym, and nobody without the key can try names out.

import { createHmac } from 'node:crypto'
import { MprtapError } from '../model/errors.ts'
import type { RedactionKey } from './key-file.ts'

/** Bytes of a digest that become a pseudonym, 65 bits of 5 a character. */
const CHARACTERS = 13
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
/** Names that are remembered. */
const KNOWN_MAX = 50_000

/** What a name is of. The same name of two kinds has two pseudonyms. */
type Domain = 'user' | 'host' | 'share'

/** Accounts and groups that every Windows has: they name nobody ("Well-known SID structures", [MS-DTYP]). */
const EVERYBODYS_SID = /^S-1-(?:[0-3]-\d|5-\d{1,2}|5-32-5\d\d|15-2-[12])$/
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
/** Parts of paths that are the same on every Windows, or ours. */
const COMMON_FOLDER =
  /^(?:|[.?]|\?\?|[a-z]:|%\w+%|Device|HarddiskVolume\d+|Windows|System32|SysWOW64|SysNative|Program Files(?: \(x86\))?|ProgramData|Users|Public|AppData|Local|Roaming|Temp|mprtap|administrators|captures|consumers|mprtap[\w.-]*\.dll|(?:ntlanman|davclnt|drprov|nfsnp|p9np)\.dll)$/i
const EXTENSION = /\.[a-z0-9]{1,8}$/i
/** A name that was made here; in a question also a pattern of such names. */
const PSEUDONYM = /^(?:user|host|share)-[a-z2-7*?]{1,13}$/
/** In a question: any name. */
const ANY_NAME = /^[*?]+:?$/
/** In a text for people: a path of a drive, or of a device. Folders may have blanks; what comes after the last separator ends at one. */
const PATH_IN_TEXT = /(?:\b[a-z]:|\\{1,2}Device)\\{1,2}(?:[^\\/:*?"'<>|,;()\r\n]+\\{1,2})*(?:[^\\/:*?"'<>|,;()\s]*[^\\/:*?"'<>|,;()\s.])?/gi
/** In a text for people: a UNC name or URL, up to a blank or quote. */
const NAME_IN_TEXT = /(?:[\\/]{2}|https?:[\\/]{2})[^\s"'<>|\\/]+(?:[\\/][^\s"'<>|]*)?/gi

export class Redactor {
  readonly keyId: string
  readonly #key: Uint8Array
  readonly #known = new Map<string, string>()
  /** What must not come up in a sentence, the longest first, and what stands there instead. */
  #literals: (readonly [RegExp, string])[] = []
  readonly #seen = new Set<string>()

  /** Its names are asked for, and were not found in records. */
  readonly #isOfQuestion: boolean

  constructor({ bytes, id }: RedactionKey, isOfQuestion = false) {
    this.#key = bytes
    this.keyId = id
    this.#isOfQuestion = isOfQuestion
  }

  /**
   * A redactor for the names that somebody asks for: pseudonyms stay as they are, and so does `*` in the place of a whole name.
   * Its methods throw MprtapError MPRTAP_INVALID_ARGUMENT for a pattern within a name: nobody can try it on pseudonyms.
   */
  ofQuestion(): Redactor {
    return new Redactor({ bytes: this.#key, id: this.keyId }, true)
  }

  /** A SID or an account's name. */
  user(name: string): string {
    return name === '' || EVERYBODYS_SID.test(name) ? name : this.#pseudonym('user', name)
  }

  /** A server or a machine, however its name is written in upper and lower case. */
  host(name: string): string {
    return name === '' ? name : this.#pseudonym('host', name)
  }

  /** A server with what stands beside its name in a URL or a UNC name. */
  server(name: string): string {
    return this.#hostPart(name)
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
    const [, host = '', rest = ''] = /^([^@]*)((?:@(?:SSL|\d{1,5}|\*))*)$/i.exec(text) ?? []
    if (host === '' && text !== '') {
      const at = text.lastIndexOf('@')
      return at < 0 ? this.host(text) : `${this.user(text.slice(0, at))}@${this.#hostPart(text.slice(at + 1))}`
    }
    const [, name = host, port = ''] = /^(.*?)(:(?:\d{1,5}|\*))?$/.exec(host) ?? []
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
    if (name === '' || COMMON_PROGRAM.test(name)) return name
    if (this.#isOfQuestion && PSEUDONYM.test(name.replace(/\.exe$/i, ''))) return name
    return `${this.share(name)}.exe`
  }

  /** A path of a file on a Windows machine: what every Windows has in it stays, and the extension. */
  path(path: string): string {
    const start = /^[\\/]{2}[^\\/?.]/.test(path) ? UNC_START.exec(path)?.[0] : undefined
    if (start !== undefined) return this.remoteName(path)
    const parts = path.split(/([\\/])/)
    return parts.map((part) => (/^[\\/]$/.test(part) || COMMON_FOLDER.test(part) ? part : this.#file(part))).join('')
  }

  #file(name: string): string {
    if (COMMON_PROGRAM.test(name)) return name
    const [extension = ''] = EXTENSION.exec(name) ?? []
    return this.text(name) === name ? this.share(name) + extension : this.text(name)
  }

  /** From now on sentences have `instead` where they had this; JSON has it too, where some characters are escaped. */
  hide(literal: string, instead: string): void {
    this.#hide(literal, instead, (pattern) => pattern)
  }

  /** As hide(), where it stands as a word of its own: a name may be an ordinary word. */
  hideWord(literal: string, instead: string): void {
    this.#hide(literal, instead, (pattern) => `(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`)
  }

  #hide(literal: string, instead: string, patternOf: (forms: string) => string): void {
    if (literal.length < 3 || this.#seen.has(literal)) return
    this.#seen.add(literal)
    const json = JSON.stringify(literal).slice(1, -1)
    const ascii = json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    const forms = [...new Set([ascii, json, literal])].map((form) => form.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    const pattern = new RegExp(patternOf(forms.join('|')), 'giu')
    this.#literals = [...this.#literals, [pattern, instead] as const].sort(([a], [b]) => b.source.length - a.source.length)
  }

  /** A sentence of ours that may have SIDs and names in it. */
  text(sentence: string): string {
    const clean = this.#literals.reduce((text, [pattern, instead]) => text.replace(pattern, () => instead), sentence)
    return clean.replace(SID, (sid) => this.user(sid))
  }

  /** A text that is not made of redacted records: server names and URLs in it are redacted too. */
  foreignText(text: string): string {
    return this.text(text)
      .replace(NAME_IN_TEXT, (name) => this.remoteName(name))
      .replace(PATH_IN_TEXT, (path) => this.path(path))
  }

  #pseudonym(domain: Domain, name: string): string {
    if (this.#isOfQuestion) {
      if (PSEUDONYM.test(name) || ANY_NAME.test(name)) return name
      if (/[*?]/.test(name)) throw patternWithin(name)
    }
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

function patternWithin(name: string): MprtapError {
  return new MprtapError(
    'MPRTAP_INVALID_ARGUMENT',
    `"${name}" cannot be looked for: names are pseudonyms here, and have nothing in common with a part of the name. Give the whole name, or * for any.`,
  )
}
