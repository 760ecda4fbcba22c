// A folder of somebody who has installed the package: files are written into it, programs run in it.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { environmentOutside } from '../../scripts/lib/npm.mjs'

/** Writes rings with mprtap/testing, reads them with a tap and prints how many operations there were: 20. */
export const READ = `
writeRings('rings', { operations: 20, seed: 1, users: 1 })
const tap = await openTap({ sources: ['rings'], from: 'oldest' })
await tap.drain({ final: true })
console.log(tap.stats().operations)
await tap.close()
`
/** The same for rings at rest: no native code. */
export const READ_AT_REST = `
writeRings('rings', { operations: 20, seed: 1, users: 1 })
let count = 0
for await (const _ of await openTap({ sources: ['rings'], follow: false })) count++
console.log(count)
`
export const IMPORT = `import { openTap } from 'mprtap'\nimport { writeRings } from 'mprtap/testing'\n`

export const REQUIRE = `const { openTap } = require('mprtap')\nconst { writeRings } = require('mprtap/testing')\n;(async () => {${READ}})()`

export class UserFolder {
  readonly path: string

  /** Below the folder that has the package, so that it is found there. */
  constructor() {
    this.path = mkdtempSync(join(inject('installed'), 'user-'))
  }

  write(name: string, text: string): string {
    writeFileSync(join(this.path, name), text)
    return name
  }

  /** A folder from which no node_modules is found. */
  elsewhere(): string {
    return mkdtempSync(join(tmpdir(), 'mprtap-elsewhere-'))
  }

  /** Runs a program to its end. */
  run(program: string, ...args: string[]) {
    const options = { cwd: this.path, encoding: 'utf8', timeout: 60_000, env: environmentOutside() } as const
    const { status, stdout, stderr, error } = spawnSync(program, args, options)
    return { status, stdout: stdout ?? '', stderr: (stderr ?? '') + (error?.message ?? '') }
  }
}
