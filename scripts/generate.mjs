// Writes what follows from the layout and from the field table: dll/ring_layout.h, the JSON Schema of events (docs/schema), and the regions between
// `<generated NAME>` and `</generated>` in other files. With --check it writes nothing and fails if a file is out of date.
import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { fieldRegions } from './lib/field-regions.mjs'
import { fieldSchemas } from './lib/field-schema.mjs'
import { slotRegions } from './lib/slot-regions.mjs'

const root = join(import.meta.dirname, '..')
process.chdir(root)

/** Evaluates a module of constants, so that a constant may be written as an expression. */
async function load(source) {
  const { outputFiles } = await build({ entryPoints: [source], bundle: true, format: 'esm', write: false })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}

/** One `#define` a constant, in the source's order and with its comments; every constant is a u32, hence the suffix. */
function defineFor(name, literal, value) {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) throw new Error(`${name} = ${value} is not an unsigned 32-bit integer`)
  const digits = literal.startsWith('0x') ? `0x${value.toString(16).padStart(8, '0')}` : String(value)
  return `#define MPRTAP_${name.padEnd(29)} ${digits}u`
}

async function header() {
  const source = 'format/layout.ts'
  const layout = await load(source)
  const lines = ['// Generated from format/layout.ts by scripts/generate.mjs; edit that file, not this one.', '#pragma once', '']
  const missing = new Set(Object.keys(layout))
  for (const line of (await readFile(source, 'utf8')).trimEnd().split('\n')) {
    const constant = /^export const (\w+) = (.*)$/.exec(line)
    if (constant) {
      lines.push(defineFor(constant[1], constant[2], layout[constant[1]]))
      missing.delete(constant[1])
    } else if (line === '' || /^(\/\/|\/\*\*| \*)/.test(line)) {
      lines.push(line)
    } else {
      throw new Error(`format/layout.ts holds a line that is neither a comment nor one constant: ${line}`)
    }
  }
  if (missing.size > 0) throw new Error(`not found in the text of format/layout.ts: ${[...missing].join(', ')}`)
  return `${lines.join('\n')}\n`
}

/** The text of a file with its regions written anew. */
async function filled(path, regions) {
  const [begin, end] = path.endsWith('.md')
    ? [/^<!-- generated (\w+) -->$/, '<!-- /generated -->']
    : [/^\s*\/\/ <generated (\w+)>$/, '// </generated>']
  const lines = []
  const missing = new Set(Object.keys(regions))
  let inside = false
  for (const line of (await readFile(path, 'utf8')).split('\n')) {
    const region = begin.exec(line)?.[1]
    if (line.trim() === end) inside = false
    if (!inside) lines.push(line)
    if (region === undefined) continue
    if (!missing.delete(region)) throw new Error(`${path}: nothing is generated for the region ${region}`)
    lines.push(...regions[region])
    inside = true
  }
  if (inside || missing.size > 0) throw new Error(`${path}: the regions ${[...missing].join(', ')} are missing, or one is not closed`)
  return lines.join('\n')
}

/** The texts as Biome writes those whose language it knows: in a folder of their own, so that one start of it does them all. */
async function formatted(texts) {
  const folder = await mkdtemp(join(tmpdir(), 'mprtap-generate-'))
  try {
    const known = [...texts.keys()].filter((path) => /\.(ts|json)$/.test(path))
    for (const path of known) {
      await mkdir(join(folder, dirname(path)), { recursive: true })
      await writeFile(join(folder, path), texts.get(path))
    }
    await cp('biome.json', join(folder, 'biome.json'))
    execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', '--vcs-enabled=false', '.'], { cwd: folder, stdio: 'pipe' })
    return new Map([...texts, ...(await Promise.all(known.map(async (path) => [path, await readFile(join(folder, path), 'utf8')])))])
  } finally {
    await rm(folder, { recursive: true })
  }
}

const table = await load('host/model/fields.ts')
const texts = new Map([['dll/ring_layout.h', await header()]])
const regions = { ...fieldRegions(table), 'dll/slot.h': slotRegions(await readFile('format/layout.ts', 'utf8')) }
for (const [path, lines] of Object.entries(regions)) texts.set(path, await filled(path, lines))
for (const [path, schema] of Object.entries(fieldSchemas(table))) texts.set(path, JSON.stringify(schema, null, 2))

let isCurrent = true
for (const [path, text] of await formatted(texts)) {
  if ((await readFile(path, 'utf8').catch(() => '')) === text) continue
  if (!process.argv.includes('--check')) await writeFile(path, text)
  else
    console.error(
      `${path} does not match format/layout.ts or host/model/fields.ts: run \`node scripts/generate.mjs\` and commit the result.`,
    )
  isCurrent = false
}
if (!isCurrent && process.argv.includes('--check')) process.exit(1)
