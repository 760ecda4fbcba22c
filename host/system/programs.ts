// Runs other programs for their output: never through a shell, and never for longer than the limit.

import { spawn } from 'node:child_process'

const OUTPUT_MAX = 4 << 20

/** How a program ended. */
export interface ProgramResult {
  /** `undefined`: it is not there, or did not end in time. */
  readonly exitCode: number | undefined
  readonly output: string
  readonly isMissing: boolean
}

/** Runs a program to its end. Its output is cut where it grows too long. */
export function runProgram(program: string, args: readonly string[], timeoutMs: number): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true, timeout: timeoutMs })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < OUTPUT_MAX) output += text
    })
    child.on('error', (error: NodeJS.ErrnoException) => resolve({ exitCode: undefined, output, isMissing: error.code === 'ENOENT' }))
    child.on('close', (code) => resolve({ exitCode: code ?? undefined, output, isMissing: false }))
  })
}
