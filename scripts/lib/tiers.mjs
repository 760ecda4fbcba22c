// The tiers of npm test. Each is one or more commands; a command ends with a line "NAME: N passed, N failed[, N skipped]", or is told how
// to read its own.

import { stripVTControlCharacters } from 'node:util'

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

const vitest = (project) => ({
  command: ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--project', project],
  read: fromVitest,
})
const plainly = (...command) => ({ command, read: fromPlainLine })

/**
 * In the order in which they run: the quickest to fail first. `needs` names what the set-up must have prepared; a tier that is `optional` is
 * left out, and counted as skipped, where its preparation has not been made.
 * @type {{ name: string, what: string, needs: string[], optional?: boolean, runs: { command: string[], read: (output: string) => Counts | undefined }[] }[]}
 */
export const tiers = [
  {
    name: 'core',
    what: 'the WebAssembly core, debug build (as-pect)',
    needs: ['core'],
    runs: [{ command: ['node_modules/@as-pect/cli/bin/asp.js', '--summary'], read: fromAsPect }],
  },
  { name: 'host', what: 'format, host, command line on Linux (vitest)', needs: ['core'], runs: [vitest('linux')] },
  { name: 'pages', what: 'what people look at, in a real Chromium', needs: ['core', 'pages'], runs: [vitest('pages')] },
  {
    name: 'native',
    what: 'the C writer, with sanitizers, and fuzzed for ten seconds',
    needs: ['native'],
    runs: [plainly('tests/dll/run.mjs'), plainly('tests/fuzz/native.mjs')],
  },
  { name: 'model', what: 'the ring protocol, model-checked (Spin)', needs: ['model'], runs: [plainly('tests/model/run.mjs', '--quick')] },
  { name: 'mpr', what: 'the stand-in for MPR (Wine)', needs: ['wine'], runs: [plainly('tests/mpr/run.mjs')] },
  { name: 'dll', what: 'the real DLL and its files (Wine)', needs: ['wine'], runs: [plainly('tests/dll/wine.mjs')] },
  { name: 'wine', what: 'the real DLL, real programs, Windows Node (Wine)', needs: ['wine', 'windows-node'], runs: [vitest('wine')] },
  {
    name: 'wine32',
    what: 'the same for the 32-bit DLL (Wine in a Debian of its own)',
    needs: ['wine32'],
    optional: true,
    runs: [plainly('tests/mpr/run.mjs', '--x86'), plainly('tests/dll/wine.mjs', '--x86'), vitest('wine32')],
  },
]
