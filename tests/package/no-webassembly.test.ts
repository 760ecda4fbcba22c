// Node without WebAssembly (--jitless): a coded error when a tap is opened, and what needs no core works.
import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { inBuild } from '../../scripts/lib/paths.mjs'

const bundle = JSON.stringify(pathToFileURL(inBuild('index.js')).href)
const jitless = (program: string) =>
  spawnSync(process.execPath, ['--jitless', '--input-type=module', '-e', program], { encoding: 'utf8' }).stdout.trim()

it('openTap fails with MPRTAP_WEBASSEMBLY_MISSING and says what to do', () => {
  const program = `
    const { openTap } = await import(${bundle})
    await openTap({ sources: ['.'] }).catch((error) => console.log(error.code + ': ' + error.message))`
  expect(jitless(program)).toMatch(/^MPRTAP_WEBASSEMBLY_MISSING: .*without --jitless/)
})

it('filters are parsed all the same', () => {
  expect(jitless(`console.log(typeof (await import(${bundle})).parseFilter('kind == "add"'))`)).toBe('object')
})
