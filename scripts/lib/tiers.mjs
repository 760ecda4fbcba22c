// The tiers of npm test. Each is one or more commands; a command ends with a line "NAME: N passed, N failed[, N skipped]", or is told how
// to read its own.

import { stripVTControlCharacters } from 'node:util'
import { nodes } from './tools.mjs'

const plain = /(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @returns {Counts | undefined} */
function fromPlainLine(output) {
  const line = output
    .trimEnd()
    .split('\n')
    .findLast((text) => plain.test(text))
  const [, passed, failed, skipped] = line?.match(plain) ?? []
  return passed === undefined ? undefined : { passed: Number(passed), failed: Number(failed), skipped: Number(skipped ?? 0) }
}

/** Vitest's "Tests  3 failed | 41 passed | 2 skipped (46)". */
function fromVitest(output) {
  const line = output.split('\n').findLast((text) => /^\s*Tests\s/.test(text))
  if (!line) return undefined
  const number = (word) => Number(line.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0)
  const suites = output.split('\n').findLast((text) => /^\s*Test Files\s/.test(text)) ?? ''
  // A file that cannot even be loaded has no tests to fail.
  const brokenFiles = number('failed') === 0 ? Number(suites.match(/(\d+) failed/)?.[1] ?? 0) : 0
  return { passed: number('passed'), failed: number('failed') + brokenFiles, skipped: number('skipped') }
}

/** as-pect's "[Tests]: 41 / 42": passed, and all. It insists on colours. */
function fromAsPect(output) {
  const [, passed, all] = stripVTControlCharacters(output).match(/\[Tests\]:\s+(\d+)\s+\/\s+(\d+)/) ?? []
  return all === undefined ? undefined : { passed: Number(passed), failed: Number(all) - Number(passed), skipped: 0 }
}

const vitest = (project, ...options) => ({
  command: ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--project', project, ...options],
  read: fromVitest,
})
const plainly = (...command) => ({ command, read: fromPlainLine })
const asPect = { command: ['node_modules/@as-pect/cli/bin/asp.js', '--summary'], read: fromAsPect }

/**
 * On Node's other versions: the core, and the host but for its command line, pages and packages, which a process of their own runs. Random sweeps
 * try a quarter of their cases there (tests/sweeps.ts).
 */
const hostRooms = ['format', 'host', 'reading', 'consumers', 'events', 'analysis'].map((room) => `tests/${room}/`)
const onOtherNodes = Object.entries(nodes).flatMap(([name, node], i, { length }) => {
  const core = i === length - 1 ? [{ ...asPect, node, name }] : []
  return [...core, { ...vitest('linux', '--maxWorkers=2', ...hostRooms), node, name, env: { MPRTAP_SHORT_SWEEPS: '1' } }]
})

/**
 * Two run at a time. One begins with those that share the Wine prefix, which wait most of the time and run one after the other; the other begins
 * with the quickest to fail. A runner that has none left takes the next of the rest. `needs` names what the set-up must have prepared; a tier is
 * left out, and counted as skipped, where `tools` cannot be installed, or where it is `optional` and its preparation has not been made. `quickly`
 * is what `--quick` runs of it; nothing if absent.
 *
 * @typedef {{ command: string[], read: (output: string) => Counts | undefined, node?: string, name?: string, env?: Record<string, string> }} Run
 * @typedef {{ name: string, what: string, inWine?: boolean, needs: string[], tools?: string[], optional?: boolean, runs: Run[], quickly?: Run[] }} Tier
 * @type {Tier[]}
 */
export const tiers = [
  { name: 'core', what: 'the WebAssembly core, debug build (as-pect)', needs: ['core'], runs: [asPect], quickly: [asPect] },
  {
    name: 'host',
    what: 'format, host, command line on Linux (vitest)',
    needs: ['core', 'host'],
    runs: [vitest('linux', '--project', 'endurance', '--maxWorkers=2')],
    quickly: [{ ...vitest('linux', '--maxWorkers=2'), env: { MPRTAP_QUICK_TESTS: '1' } }],
  },
  {
    name: 'nodes',
    what: "core and host on Node's other versions",
    needs: ['core', 'host', 'nodes'],
    tools: ['nodes'],
    runs: onOtherNodes,
  },
  {
    name: 'farm',
    what: 'forwarding into real nats-server processes, and reading from them',
    needs: ['core', 'farm'],
    runs: [vitest('farm')],
  },
  {
    name: 'package',
    what: 'the package, installed and used by strangers',
    needs: ['core', 'native', 'nodes', 'package'],
    tools: ['package'],
    runs: [vitest('package')],
  },
  {
    name: 'model',
    what: 'the ring protocol, model-checked (Spin)',
    needs: ['model'],
    runs: [plainly('tests/model/run.mjs', '--quick')],
  },
  { name: 'pages', what: 'what people look at, in a real Chromium', needs: ['core', 'pages'], runs: [vitest('pages')] },
  {
    name: 'native',
    what: 'the C writer, with sanitizers, and fuzzed for ten seconds',
    needs: ['native'],
    runs: [plainly('tests/dll/run.mjs'), plainly('tests/fuzz/native.mjs')],
    quickly: [plainly('tests/dll/run.mjs')],
  },
  {
    name: 'mpr',
    inWine: true,
    what: 'the stand-in for MPR, and what a notifyee owes to its callers (Wine)',
    needs: ['wine'],
    runs: [plainly('tests/mpr/run.mjs'), plainly('tests/mpr/contract.mjs')],
  },
  { name: 'dll', inWine: true, what: 'the real DLL and its files (Wine)', needs: ['wine'], runs: [plainly('tests/dll/wine.mjs')] },
  {
    name: 'wine',
    inWine: true,
    what: 'the real DLL, real programs, Windows Node (Wine)',
    needs: ['wine', 'windows-node'],
    runs: [vitest('wine')],
  },
  {
    name: 'wine32',
    inWine: true,
    what: 'the same for the 32-bit DLL (Wine in a Debian of its own)',
    needs: ['wine32'],
    optional: true,
    runs: [plainly('tests/mpr/run.mjs', '--x86'), plainly('tests/dll/wine.mjs', '--x86'), vitest('wine32')],
  },
]
