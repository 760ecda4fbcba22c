// Every sample that people may type stands in one of two lists: which test runs it, or why nothing here can. A new block on a page fails here
// until it has its line.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { inRoot, root } from '../../scripts/lib/paths.mjs'

const SHELLS = ['sh', 'bat', 'powershell', 'cmd', 'ps1', 'bash', 'console']

/** Page, language and number of the block; and the test that reads that page and runs its lines. */
const RUN: Readonly<Record<string, string>> = {
  'CONTRIBUTING.md sh 1': 'tests/docs/contributing.test.ts',
  'README.md sh 1': 'tests/package/docs.test.ts',
  'README.md bat 1': 'tests/package/windows.test.ts',
  'docs/deployment.md bat 1': 'tests/package/windows.test.ts',
  'docs/deployment.md bat 2': 'tests/package/windows.test.ts',
  'docs/deployment.md bat 3': 'tests/package/windows.test.ts',
  'docs/embedding.md sh 2': 'tests/package/bundlers.test.ts',
  'docs/farm.md sh 1': 'tests/farm/samples.test.ts',
  'docs/farm.md sh 2': 'tests/farm/samples.test.ts',
  'docs/filters.md sh 1': 'tests/docs/shell-samples.test.ts',
  'docs/measuring.md sh 1': 'tests/package/docs.test.ts',
  'docs/security-teams.md sh 1': 'tests/docs/shell-samples.test.ts',
  'docs/service.md bat 1': 'tests/wine/service.test.ts',
}
/** All blocks of docs/cli.md are run by one test. */
const CLI = 'tests/docs/shell-samples.test.ts'

/** What nothing here can run, and what says so to people or runs the same in another way. */
const CANNOT: Readonly<Record<string, string>> = {
  'README.md sh 2': 'npm start and npm test: the whole CI (.ci/run) is these two',
  'docs/embedding.md sh 1': 'npm install mprtap: every test of the package installs it, offline (tests/package/pack.ts)',
  'docs/security-teams.md bat 1': 'signtool is for Windows alone; the page marks it "documented"',
  'docs/security-teams.md powershell 1': 'ConfigCI is for Windows alone; the page marks it "documented"',
}

const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((page) => /^(?:\w+\.md|docs\/[\w-]+\.md|format\/\w+\.md)$/.test(page) && page !== 'CHANGELOG.md')

const blocks = pages.flatMap((page) => {
  const count = new Map<string, number>()
  return [...readFileSync(inRoot(page), 'utf8').matchAll(/^ *```(\w+)\n/gm)].flatMap(([, language]) => {
    if (!SHELLS.includes(language!)) return []
    const number = (count.get(language!) ?? 0) + 1
    count.set(language!, number)
    return [`${page} ${language} ${number}`]
  })
})

it('a block is run by a test, or it is said why not', () => {
  const listed = [...Object.keys(RUN), ...Object.keys(CANNOT)]
  expect(blocks.filter((block) => !block.startsWith('docs/cli.md ')).sort()).toEqual(listed.sort())
})

it.each([...Object.entries(RUN), ['docs/cli.md sh', CLI]] as const)('%s is read by %s', (block, test) => {
  expect(existsSync(inRoot(test))).toBe(true)
  expect(readFileSync(inRoot(test), 'utf8')).toContain(block.split(' ')[0])
})
