// The command ends in good order wherever its output goes, and whoever ends it.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeRings } from '../../host/testing/index.ts'
import { CLI, Run } from './command.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-ending-'))
  writeRings(folder, { seed: 3, operations: 200, users: 2 })
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs a line of bash in which `mprtap` is the built command. */
function bash(line: string) {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `mprtap() { "${process.execPath}" "${CLI}" "$@"; }; ${line}`], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('output that cannot be written', () => {
  it.each(['--help', '--version', 'watch --help', 'help report'])('%s says so and fails with 1', (args) => {
    const { status, stderr } = bash(`mprtap ${args} > /dev/full`)
    expect(stderr).toMatch(/^mprtap: .*ENOSPC.*\n$/)
    expect(status).toBe(1)
  })

  it.each(['watch --bogus', 'bogus', 'report --top 0'])('%s is a wrong command line all the same', (args) => {
    const { status, stderr } = bash(`mprtap ${args} > /dev/full`)
    expect(stderr).not.toContain('ENOSPC')
    expect(status).toBe(2)
  })

  it.each(['--help', 'watch --help'])('%s is quiet when nobody reads it', (args) => {
    expect(bash(`mprtap ${args} | true; exit \${PIPESTATUS[0]}`)).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it.each(['--help >&-', 'report "$FOLDER" >&- 2>&-', 'report "$FOLDER" 2>&- >/dev/null', 'watch --bogus 2>&-'])(
    'is no crash where the stream was closed before: %s',
    (args) => {
      const { status, stderr } = bash(`FOLDER="${folder}"; mprtap ${args}`)
      expect(stderr).toBe('')
      expect(status).toBe(args.includes('bogus') ? 2 : 0)
    },
  )

  it('errors on standard error that cannot be written change nothing', () => {
    expect(bash(`mprtap report "${folder}" 2>/dev/full | wc -l; exit \${PIPESTATUS[0]}`)).toMatchObject({
      status: 0,
      stderr: '',
    })
  })
})

describe('signals', () => {
  it('the closing of the terminal ends watch with its totals', async () => {
    const run = new Run(['watch', folder, '--from', 'oldest', '--json'])
    await run.until(({ lines }) => lines.length > 100)
    run.child.kill('SIGHUP')
    expect(await run.ended()).toBe(0)
    expect(run.objects.at(-1)).toMatchObject({ type: 'summary', operations: run.lines.length - 1 })
  })

  it('a second signal, also of another kind, ends the process at once', async () => {
    const large = join(folder, 'large')
    writeRings(large, { seed: 3, operations: 3_000, users: 2, slotCountLog2: 12 })
    const run = new Run(['watch', large, '--from', 'oldest', '--json'])
    // Nobody reads on, so that it cannot come to its end in good order.
    await once(run.child.stdout!, 'data')
    run.child.stdout!.pause()
    run.child.kill('SIGHUP')
    while (catches(run.child.pid!, SIGTERM)) await new Promise((resolve) => setTimeout(resolve, 10))
    run.child.kill('SIGTERM')
    run.child.stdout!.resume()
    expect(await run.ended()).toBe('SIGTERM')
  })
})

const SIGTERM = 15

/** Whether the process has a handler for the signal. */
function catches(pid: number, signal: number): boolean {
  const [, mask] = /SigCgt:\s+(\w+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!
  return (BigInt(`0x${mask}`) & (1n << BigInt(signal - 1))) !== 0n
}
