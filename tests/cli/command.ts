// The built command as a process of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
export const CLI = join(ROOT, 'build/cli.js')

const running: Run[] = []

/** Starts the command. */
export function mprtap(...args: string[]): Run {
  return new Run(args)
}

/** Ends what still runs: for afterEach(). */
export function killAll(): void {
  for (const { child } of running.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
}

export class Run {
  readonly child: ChildProcess
  stdout = ''
  stderr = ''
  readonly #ended: Promise<unknown[]>

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env
    running.push(this)
    this.child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...inherited, ...env } })
    this.child.stdout!.setEncoding('utf8').on('data', (text) => {
      this.stdout += text
    })
    this.child.stderr!.setEncoding('utf8').on('data', (text) => {
      this.stderr += text
    })
    this.#ended = once(this.child, 'close')
  }

  /** Exit code, or the signal that ended it. */
  async ended(): Promise<number | string> {
    const [code, signal] = (await this.#ended) as [number | null, string | null]
    return code ?? signal!
  }

  /** Resolves when `condition` holds of the output so far. */
  async until(condition: (run: Run) => boolean): Promise<void> {
    while (!condition(this)) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error(`ended early: ${this.stdout}${this.stderr}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  get lines(): string[] {
    return this.stdout.split('\n').slice(0, -1)
  }

  get objects(): Record<string, unknown>[] {
    return this.lines.map((line) => JSON.parse(line))
  }
}
