// A process of its own for calls of Windows that may take as long as they like. Such a call cannot be interrupted, and a thread in it keeps its
// process from ending; a process can be ended. It is started with the first question, anew after one that took too long, and ends with this one.

import type { ChildProcess } from 'node:child_process'
import { systemClock } from './clock.ts'
import { koffiPath } from './native.ts'

/** A longer answer is not accepted. */
const ANSWER_MAX = 16 << 20

/** Ctrl-C reaches every process of a console: this one ends when its questioner does. */
const FRAME = (answer: string) => `
process.on('SIGINT', () => {}).on('SIGBREAK', () => {})
const koffi = require(process.argv[1])
const textOf = (buffer) => buffer.toString('utf16le').split('\\0')[0]
${answer}
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  console.log(JSON.stringify(answer(JSON.parse(line))))
})
`

export class Helper<Question, Answer> {
  readonly #program: string
  readonly #koffi: string | undefined
  #child: ChildProcess | undefined
  #answer: ((line: string | undefined) => void) | undefined
  #turn: Promise<unknown> = Promise.resolve()
  readonly #end = () => void this.#child?.kill('SIGKILL')

  /**
   * @param answer JavaScript that declares the function `answer(question)`; it has `koffi`, and `textOf(buffer)` for UTF-16 up to its first NUL.
   * @param koffi the module that is loaded as koffi: that of this package, on Windows only.
   */
  constructor(answer: string, koffi?: string) {
    this.#program = FRAME(answer)
    this.#koffi = koffi
  }

  /**
   * One question at a time. `late`: there was no answer within `limitMs`; `undefined`: there is no helper, as on another system.
   * @param isIdle the question does not keep the process from ending.
   */
  ask(question: Question, limitMs: number, isIdle = false): Promise<Answer | 'late' | undefined> {
    const answer = this.#turn.then(() => this.#ask(question, limitMs, isIdle))
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

  async #ask(question: Question, limitMs: number, idle: boolean): Promise<Answer | 'late' | undefined> {
    const child = this.#start()
    if (!child) return undefined
    const line = await new Promise<string | undefined>((resolve) => {
      const timer = systemClock.timer(() => resolve(undefined), limitMs, { idle })
      this.#answer = (text) => {
        timer.stop()
        resolve(text)
      }
      child.stdin!.write(`${JSON.stringify(question)}\n`)
    })
    this.#answer = undefined
    if (line !== undefined && line.length <= ANSWER_MAX) return JSON.parse(line) as Answer
    this.stop()
    return 'late'
  }

  #start(): ChildProcess | undefined {
    if (this.#child) return this.#child
    try {
      const koffi = this.#koffi ?? (process.platform === 'win32' ? koffiPath() : undefined)
      if (koffi === undefined) return undefined
      // Programs that hold Node inside them, such as Electron's, run scripts only with this variable.
      const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' }
      // Loaded here, so that a program that asks for no name does not pay for them.
      const { spawn } = process.getBuiltinModule('node:child_process')
      const { createInterface } = process.getBuiltinModule('node:readline')
      const child = spawn(process.execPath, ['-e', this.#program, koffi], { stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true, env })
      this.#child = child
      const isOver = () => {
        if (this.#child === child) this.stop()
      }
      child.on('error', isOver).on('exit', isOver)
      child.stdin.on('error', isOver)
      createInterface({ input: child.stdout }).on('line', (line) => this.#answer?.(line))
      // The child does not keep this process from ending; the timer of a question does.
      child.unref()
      for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref?(): void }).unref?.()
      process.on('exit', this.#end)
      return child
    } catch {
      return undefined
    }
  }
}
