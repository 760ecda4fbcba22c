// `mprtap top` in a real terminal: tmux draws what it writes, and sends keys.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import stringWidth from 'string-width'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeRings } from '../../host/testing/index.ts'
import { CLI, mprtap } from './command.ts'

let folder: string
let socket: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-top-'))
  socket = join(folder, 'tmux')
  writeRings(join(folder, 'rings'), { seed: 8, operations: 600, users: 3 })
})
afterEach(() => {
  tmux('kill-server')
  rmSync(folder, { recursive: true })
})

function tmux(...args: string[]): string {
  return spawnSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' }).stdout
}
const screen = () => tmux('capture-pane', '-p', '-t', 'top').trimEnd().split('\n')

/** Resolves when the screen is so. */
async function shows(condition: (lines: string[]) => boolean): Promise<string[]> {
  for (;;) {
    const lines = screen()
    if (condition(lines)) return lines
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
const begin = (columns: number, rows: number) => {
  const command = `printf before; "${process.execPath}" "${CLI}" top "${folder}/rings" --from oldest; echo "ended with $?"; sleep 60`
  tmux('new-session', '-d', '-s', 'top', '-x', String(columns), '-y', String(rows), command)
}
const titles = (lines: string[]) => lines.find((line) => /^(server|user|error|program) /.test(line)) ?? ''
const isFull = (lines: string[]) => / 5\d\d operations/.test(lines[0]!) && titles(lines) !== ''

describe('mprtap top in a terminal', () => {
  it.each([
    [80, 24],
    [132, 43],
    [60, 16],
  ])('fits %i columns and %i lines, has the head, the servers, what is in flight, and the keys', async (columns, rows) => {
    begin(columns, rows)
    const lines = await shows((now) => isFull(now) && now.some((line) => line.startsWith('in flight,')))
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns)
    expect(lines.length).toBe(rows)
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d {2}[\d.]+\/s {2}5\d\d operations {2}\d+ failed/)
    expect(titles(lines)).toMatch(/^server +operations\* +failed/)
    expect(lines.at(-1)).toMatch(/^q quit {2}s sort/)
  })

  it('sorts, changes its view and filters with keys, and gives the terminal back with q', async () => {
    begin(100, 24)
    await shows(isFull)
    tmux('send-keys', '-t', 'top', 's')
    await shows((lines) => / failed\* /.test(titles(lines)))
    tmux('send-keys', '-t', 'top', 'v')
    await shows((lines) => /^user /.test(titles(lines)) && lines.some((line) => line.startsWith('S-1-5-')))
    tmux('send-keys', '-t', 'top', 'f', '5-18')
    await shows((lines) => /only names with: 5-18_/.test(lines.at(-1)!))
    tmux('send-keys', '-t', 'top', 'Enter')
    const filtered = await shows((lines) => /f filter \[5-18\]/.test(lines.at(-1)!))
    expect(filtered.filter((line) => line.startsWith('S-1-5-')).map((line) => line.split(' ')[0])).toEqual(['S-1-5-18'])
    tmux('send-keys', '-t', 'top', 'q')
    const after = await shows((lines) => lines.some((line) => line.includes('ended with 0')))
    expect(after[0]).toMatch(/^before/)
  })

  it('follows the size of the terminal', async () => {
    begin(80, 24)
    await shows(isFull)
    tmux('resize-window', '-t', 'top', '-x', '120', '-y', '40')
    const large = await shows((lines) => lines.length === 40 && /^q quit/.test(lines.at(-1)!))
    expect(titles(large)).toMatch(/lost time$/)
    tmux('resize-window', '-t', 'top', '-x', '50', '-y', '12')
    const small = await shows((lines) => lines.length === 12 && /^q quit/.test(lines.at(-1)!))
    for (const line of small) expect(stringWidth(line)).toBeLessThanOrEqual(50)
  })

  it('ends with Ctrl-C, and gives the terminal back', async () => {
    begin(80, 24)
    await shows(isFull)
    tmux('send-keys', '-t', 'top', 'C-c')
    await shows((lines) => lines[0]!.startsWith('before') && lines.some((line) => line.includes('ended with')))
  })
})

describe('mprtap top without a terminal', () => {
  it('prints one table and ends', async () => {
    const run = mprtap('top', join(folder, 'rings'), '--sort', 'failed')
    expect(await run.ended()).toBe(0)
    expect(run.lines[0]).toMatch(/^server +operations +failed +p90 +longest +lost time$/)
    const failed = run.lines.slice(1).map((line) => Number(/ \d+ +(\d+) /.exec(line)![1]))
    expect(failed).toEqual([...failed].sort((a, b) => b - a))
    expect(run.stdout).not.toContain('\x1b')
  })
})
