// Debian's capinfos, mergecap, editcap, reordercap and tshark (packages tshark and wireshark-common).

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

export interface ToolResult {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a tool. @throws Error when it is not installed. */
export function tool(name: string, ...args: readonly string[]): ToolResult {
  // No settings of whoever runs the tests, and one time zone.
  const env = { ...process.env, HOME: '/nonexistent', TZ: 'UTC', LC_ALL: 'C.UTF-8' }
  const { status, stdout, stderr, error } = spawnSync(name, args, { encoding: 'utf8', env, maxBuffer: 1 << 28 })
  if (error) throw new Error(`${name} cannot be run (${error.message}); install Debian's tshark and wireshark-common`)
  return { status, stdout, stderr: stderr.replace(/^Running as user.*\n/m, '') }
}

/** Runs a tool that has to succeed, and returns what it printed. */
export function run(name: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = tool(name, ...args)
  if (status !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${status}: ${stderr}`)
  return stdout
}

/** A folder for one test. */
export class ToolFolder {
  path = ''

  constructor() {
    beforeEach(() => {
      this.path = mkdtempSync(join(tmpdir(), 'mprtap-captures-'))
    })
    afterEach(() => rmSync(this.path, { recursive: true, force: true }))
  }

  file(name: string): string {
    return join(this.path, name)
  }

  write(name: string, bytes: Uint8Array | string): string {
    writeFileSync(this.file(name), bytes)
    return this.file(name)
  }

  read(name: string): Uint8Array {
    return new Uint8Array(readFileSync(this.file(name)))
  }
}
