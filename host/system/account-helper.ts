// Looks accounts up in a process of its own. A call that waits for a domain controller cannot be interrupted, and a thread in such a call keeps its
// process from ending; a process can be ended. It is started with the first question, once more after one that took too long, and ends with this one.

import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import type { AccountAnswer, AccountDirectory, AccountQuestion } from '../model/accounts.ts'
import { systemClock } from './clock.ts'
import { sidBytes, sidText } from './sid-text.ts'

/**
 * The helper's program: a question a line, an answer a line. Texts are UTF-16; a domain and a name have 256 units at most, a SID 68 bytes.
 * Ctrl-C reaches every process of a console: this one ends when its questioner does.
 */
const PROGRAM = `
process.on('SIGINT', () => {}).on('SIGBREAK', () => {})
const koffi = require(process.argv[1])
const advapi32 = koffi.load('advapi32.dll')
const ends = '_Inout_ uint32_t *, _Out_ void *, _Inout_ uint32_t *, _Out_ int *'
const nameOfSid = advapi32.func('int __stdcall LookupAccountSidW(str16, void *, _Out_ void *, ' + ends + ')')
const sidOfName = advapi32.func('int __stdcall LookupAccountNameW(str16, str16, _Out_ void *, ' + ends + ')')
const textOf = (buffer) => buffer.toString('utf16le').split('\\0')[0]
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { sid, name } = JSON.parse(line)
  const first = Buffer.alloc(1024)
  const domain = Buffer.alloc(1024)
  let found
  if (sid !== undefined && nameOfSid(null, Buffer.from(sid, 'hex'), first, [512], domain, [512], [0]))
    found = (textOf(domain) && textOf(domain) + '\\\\') + textOf(first)
  if (name !== undefined && sidOfName(null, name, first, [68], domain, [512], [0])) found = first.subarray(0, 68).toString('hex')
  console.log(JSON.stringify({ found }))
})
`

export interface HelperPlace {
  /** The module that the helper loads as koffi. */
  readonly koffi: string
}

export class AccountHelper implements AccountDirectory {
  readonly #place: HelperPlace | undefined
  #child: ChildProcess | undefined
  #answer: ((line: string | undefined) => void) | undefined
  #turn: Promise<unknown> = Promise.resolve()
  readonly #end = () => void this.#child?.kill('SIGKILL')

  /** @param place for tests; otherwise the koffi of this package, on Windows only. */
  constructor(place?: HelperPlace) {
    this.#place = place
  }

  ask(question: AccountQuestion, limitMs: number): Promise<AccountAnswer> {
    const answer = this.#turn.then(() => this.#ask(question, limitMs))
    this.#turn = answer
    return answer
  }

  stop(): void {
    process.off('exit', this.#end)
    const child = this.#child
    this.#child = undefined
    child?.kill('SIGKILL')
    this.#answer?.(undefined)
  }

  async #ask(question: AccountQuestion, limitMs: number): Promise<AccountAnswer> {
    const bytes = 'sid' in question ? sidBytes(question.sid) : undefined
    if ('sid' in question && !bytes) return { failed: 'none' }
    const child = this.#start()
    if (!child) return { failed: 'none' }
    const line = await new Promise<string | undefined>((resolve) => {
      const timer = systemClock.timer(() => resolve(undefined), limitMs, { idle: true })
      this.#answer = (text) => {
        timer.stop()
        resolve(text)
      }
      const asked = bytes ? { sid: Buffer.from(bytes).toString('hex') } : question
      child.stdin!.write(`${JSON.stringify(asked)}\n`)
    })
    this.#answer = undefined
    if (line === undefined) {
      this.stop()
      return { failed: 'late' }
    }
    const { found } = JSON.parse(line) as { found?: string }
    if (!found) return { failed: 'none' }
    return { found: bytes ? found : sidText(Buffer.from(found, 'hex'), 0) }
  }

  /** The helper, or `undefined` where there is none: not on Windows, without koffi, or where no process may be started. */
  #start(): ChildProcess | undefined {
    if (this.#child) return this.#child
    try {
      const koffi = this.#place?.koffi ?? (process.platform === 'win32' ? createRequire(import.meta.url).resolve('koffi') : undefined)
      if (koffi === undefined) return undefined
      // Programs that hold Node inside them, such as Electron's, run scripts only when they are told to.
      const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' }
      const child = spawn(process.execPath, ['-e', PROGRAM, koffi], { stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true, env })
      this.#child = child
      const isOver = () => {
        if (this.#child === child) this.stop()
      }
      child.on('error', isOver).on('exit', isOver)
      child.stdin.on('error', isOver)
      createInterface({ input: child.stdout }).on('line', (line) => this.#answer?.(line))
      // It keeps nobody from ending. Who waits for an answer has a timer of their own (accounts.ts).
      child.unref()
      for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref?(): void }).unref?.()
      process.on('exit', this.#end)
      return child
    } catch {
      return undefined
    }
  }
}
