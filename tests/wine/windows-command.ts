// The command as it runs in Node for Windows under Wine, with all that belongs to it, and its exit codes whole.

import { copyFileSync, cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { mayLeaveOutWindowsNode, runWindowsNode, windowsNodeDirectory } from '../../scripts/lib/windows-node.mjs'
import { toWindowsPath } from '../../scripts/lib/wine.mjs'

if (mayLeaveOutWindowsNode())
  console.error('NODE FOR WINDOWS IS NOT INSTALLED: the host is not tested on it. npm test installs it where npm can.')

export const inWindowsNode = (name: string): string => join(windowsNodeDirectory, name)

/** How a program ended. */
export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Puts the library and the command, with the files that they load, where Node for Windows finds koffi. */
export function putBundles(): void {
  for (const bundle of ['index.js', 'cli.js']) copyFileSync(inBuild(bundle), inWindowsNode(bundle))
  for (const folder of ['cli', 'index']) putFolder(folder)
}

function putFolder(name: string): void {
  rmSync(inWindowsNode(name), { recursive: true, force: true })
  cpSync(inBuild(name), inWindowsNode(name), { recursive: true })
}

/** The same with the DLLs, and scripts of tests/wine/windows. */
export function putCommand(...scripts: string[]): void {
  putBundles()
  putFolder('dll')
  for (const name of ['ran.mjs', ...scripts]) copyFileSync(inRoot('tests/wine/windows', name), inWindowsNode(name))
}

/** Puts a part of the host there as a module of its own, for scripts that import it. */
export async function putModule(source: string, name: string): Promise<void> {
  const outfile = inWindowsNode(name)
  await build({ entryPoints: [inRoot(source)], outfile, bundle: true, platform: 'node', format: 'esm', external: ['koffi'] })
}

/** Runs a script in Node for Windows and gives its whole exit code. */
export async function runThere(script: string, ...args: string[]): Promise<Ran> {
  const { stdout, stderr } = await runWindowsNode(inWindowsNode('ran.mjs'), [toWindowsPath(inWindowsNode(script)), ...args], {
    timeoutMs: 90_000,
  })
  if (!stdout.startsWith('{')) throw new Error(`nothing was said by ${script}: ${stderr}`)
  return JSON.parse(stdout)
}

/** Runs `mprtap` with these words. */
export const mprtapThere = (...args: string[]): Promise<Ran> => runThere('cli.js', ...args)

// biome-ignore lint/suspicious/noExplicitAny: whatever the command prints
type Said = Record<string, any>

/** The same with `--json`: the exit code, and the last object that was printed. */
export async function mprtapJson(...args: string[]): Promise<{ status: number | null; said: Said; lines: Said[] }> {
  const { status, stdout, stderr } = await mprtapThere(...args, '--json')
  if (stdout === '') throw new Error(`mprtap ${args.join(' ')} said nothing: ${stderr}`)
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  return { status, said: lines.at(-1), lines }
}
