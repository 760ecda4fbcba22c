// Compares every import with the table of rooms (scripts/lib/rooms.mjs), finds circles, and keeps the table in docs/architecture.md.
//   node scripts/check-imports.mjs           checks; fails with a line a fault
//   node scripts/check-imports.mjs --write   also writes the table into docs/architecture.md
import { readFileSync, writeFileSync } from 'node:fs'
import { cruise } from 'dependency-cruiser'
import { inRoot, root } from './lib/paths.mjs'
import { clock, exceptions, mayImport, packagesOfOneRoom, roomOf, rooms } from './lib/rooms.mjs'

process.chdir(root)
const folders = ['format', 'assembly', 'host', 'bench', 'scripts', 'tests']

/** Every module of the repository with what it imports, types included. */
async function modules() {
  const { output } = await cruise(folders, {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: '^(node_modules|build)/' },
  })
  return output.modules.filter(({ source }) => roomOf(source))
}

/** Each fault by its name in `exceptions`, with the places where it is. */
function faultsOf(found) {
  const faults = new Map()
  const add = (name, place) => faults.set(name, [...(faults.get(name) ?? []), place])
  for (const { source, dependencies } of found) {
    const from = roomOf(source)
    for (const { resolved, module, coreModule, circular, cycle } of dependencies) {
      if (coreModule) continue
      const place = `${source} imports ${module}`
      const owner = packagesOfOneRoom[module]
      if (owner && owner !== from && from.startsWith('host/')) add(`${from} -> ${module}`, place)
      const to = roomOf(resolved)
      if (to && !mayImport(from, to)) add(`${from} -> ${to}`, place)
      // The table itself has no circles, so one that crosses rooms breaks it in any case.
      if (circular && to === from) add(`circle in ${from}`, `${place}, round by ${cycle.map(({ name }) => name).join(', ')}`)
    }
    const free = clock.free.includes(from) || source === clock.file || !source.startsWith('host/') || source.startsWith('host/serve/web/')
    if (!free && clock.uses.test(withoutComments(readFileSync(source, 'utf8'))))
      add(`${from} uses the time`, `${source}: only ${clock.file} may`)
  }
  return faults
}

const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')

const begin = '<!-- The table is written by scripts/check-imports.mjs -->'
const end = '<!-- The end of the table -->'

function allowed({ mayImport: names, mayNotImport = [] }) {
  if (names !== 'everything') return names.filter((name) => !name.startsWith('build/')).join(', ') || 'nothing'
  return mayNotImport.length === 0 ? 'everything' : `everything but ${mayNotImport.join(', ')}`
}

/** docs/architecture.md with the table as it should be. */
function withTable(text) {
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error(`docs/architecture.md has no place for the table: ${begin} … ${end}`)
  const lines = rooms.map((room) => `| \`${room.name}\` | ${room.what} | ${allowed(room)} | ${room.invariant} |`)
  const table = ['| room | what | may import | what always holds |', '|---|---|---|---|', ...lines].join('\n')
  return `${before}${begin}\n${table}\n${end}${after}`
}

const faults = faultsOf(await modules())
const unknown = [...faults].filter(([name]) => !exceptions.includes(name))
const spare = exceptions.filter((name) => !faults.has(name))
for (const [name, places] of unknown) process.stderr.write(`not allowed: ${name}\n${places.map((place) => `    ${place}\n`).join('')}`)
for (const name of spare) process.stderr.write(`no longer needed in the exceptions of scripts/lib/rooms.mjs: ${name}\n`)

const page = inRoot('docs', 'architecture.md')
const text = readFileSync(page, 'utf8')
const wanted = withTable(text)
if (process.argv.includes('--write')) writeFileSync(page, wanted)
else if (text !== wanted) process.stderr.write('docs/architecture.md does not hold the table of scripts/lib/rooms.mjs: run with --write.\n')
const isStale = text !== wanted && !process.argv.includes('--write')
process.exitCode = unknown.length + spare.length > 0 || isStale ? 1 : 0
if (process.exitCode === 0 && exceptions.length > 0) process.stdout.write(`    still against the table: ${exceptions.join('; ')}`)
