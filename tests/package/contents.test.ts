// What is in the package, and what is not.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, it } from 'vitest'

const home = join(inject('installed'), 'node_modules/mprtap')
const read = (name: string) => readFileSync(join(home, name), 'utf8')
const files = readdirSync(home, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(home.length + 1))

it('code, types, the three DLLs and the notices are there', () => {
  const needed = ['index', 'testing', 'sinks'].flatMap((name) => [`build/${name}.js`, `build/${name}.js.map`, `build/${name}.d.ts`])
  const dlls = ['x64', 'x86', 'arm64'].map((architecture) => `build/dll/${architecture}/mprtap.dll`)
  const deploy = ['deploy/prometheus/mprtap-alerts.yml', 'deploy/prometheus/scrape.yml', 'deploy/grafana/mprtap.json', 'docs/runbooks.md']
  expect(files).toEqual(
    expect.arrayContaining([...needed, ...dlls, 'build/cli.js', 'build/THIRD-PARTY-NOTICES.txt', 'format/RING.md', ...deploy]),
  )
})

it('no debug build, no sources, no declaration of anything internal', () => {
  const declarations = files.filter((name) => name.endsWith('.d.ts')).sort()
  expect(declarations).toEqual(['build/index.d.ts', 'build/sinks.d.ts', 'build/testing.d.ts'])
  expect(files.filter((name) => /\.(wasm|mts|c|h)$|(?<!\.d)\.ts$/.test(name))).toEqual([])
})

it('the declarations import nothing and name no type of Node', () => {
  for (const name of ['build/index.d.ts', 'build/sinks.d.ts', 'build/testing.d.ts'])
    expect(read(name)).not.toMatch(/\bimport\b.*from|\bBuffer\b|\bNodeJS\b|AbortSignal;/)
})

it('the declarations say class only of what can be imported', () => {
  const classes = [...read('build/index.d.ts').matchAll(/^export declare (?:abstract )?class (\w+)/gm)].map(([, name]) => name)
  expect(classes.sort()).toEqual(['FilterSyntaxError', 'MprtapError'])
})

it('the README links to nothing that is not in the package', () => {
  const links = [...read('README.md').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target!)
  expect(links.length).toBeGreaterThan(5)
  expect(links.filter((target) => !files.some((name) => name === target || name.startsWith(`${target.replace(/\/$/, '')}/`)))).toEqual([])
})

it('every package that is bundled has its licence among the notices', () => {
  const notices = read('build/THIRD-PARTY-NOTICES.txt')
  for (const name of ['commander', 'picocolors', 'string-width']) expect(notices).toContain(`\n${name} `)
})
