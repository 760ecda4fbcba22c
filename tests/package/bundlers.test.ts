// Programs in which the package is bundled, with koffi left outside (docs/embedding.md).
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeEach, expect, it } from 'vitest'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { tool } from '../../scripts/lib/tools.mjs'
import { cell } from './cells.ts'
import { IMPORT, READ, UserFolder } from './user.ts'

let user: UserFolder
beforeEach(() => {
  user = new UserFolder()
  user.write('main.mjs', IMPORT + READ)
})
const runs = (name: string) => expect(user.run(process.execPath, name)).toEqual({ status: 0, stdout: '20\n', stderr: '' })

it('esbuild, as docs/embedding.md has it', (test) => {
  cell(test, 'esbuild', 'import')
  cell(test, 'esbuild', 'live')
  const page = readFileSync(inRoot('docs/embedding.md'), 'utf8')
  const [, line] = /^(esbuild .*--format=esm.*)$/m.exec(page)!
  const path = `PATH="$1:$PATH"; ${line} --log-level=warning`
  expect(user.run('sh', '-euc', path, 'sh', inRoot('node_modules/.bin'))).toEqual({ status: 0, stdout: '', stderr: '' })
  runs('out.mjs')
})

it.runIf(existsSync(tool('package', 'rollup')))('rollup', (test) => {
  cell(test, 'rollup', 'import')
  cell(test, 'rollup', 'live')
  const plugin = pathToFileURL(join(tool('package', '@rollup/plugin-node-resolve'), 'dist/es/index.js')).href
  user.write(
    'rollup.config.mjs',
    `import resolve from '${plugin}'
    export default { input: 'main.mjs', external: ['koffi', /^node:/], output: { dir: 'out', entryFileNames: '[name].mjs', format: 'es' }, plugins: [resolve({ exportConditions: ['node'] })] }`,
  )
  const { status, stderr } = user.run(process.execPath, tool('package', 'rollup/dist/bin/rollup'), '-c', '--silent')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  runs('out/main.mjs')
})
