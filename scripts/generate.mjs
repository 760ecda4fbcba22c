// Writes what follows from the layout and from the field table: dll/ring_layout.h, the C view of format/layout.ts, and the regions between
// `<generated NAME>` and `</generated>` in other files (scripts/lib/field-regions.mjs). With --check it writes nothing and fails if a file is out of date.
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { fieldRegions } from './lib/field-regions.mjs'

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
  const text = lines.join('\n')
  if (path.endsWith('.md')) return text
  return execFileSync('node_modules/.bin/biome', ['format', `--stdin-file-path=${path}`], {
    input: text,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

const wanted = new Map([['dll/ring_layout.h', await header()]])
for (const [path, regions] of Object.entries(fieldRegions(await load('host/model/fields.ts'))))
  wanted.set(path, await filled(path, regions))

let isCurrent = true
for (const [path, text] of wanted) {
  if ((await readFile(path, 'utf8').catch(() => '')) === text) continue
  if (!process.argv.includes('--check')) await writeFile(path, text)
  else
    console.error(
      `${path} does not match format/layout.ts or host/model/fields.ts: run \`node scripts/generate.mjs\` and commit the result.`,
    )
  isCurrent = false
}
if (!isCurrent && process.argv.includes('--check')) process.exit(1)
