// Writes dll/ring_layout.h, the C view of format/layout.ts. With --check it writes nothing and fails if the committed header is out of date.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const SOURCE = fileURLToPath(new URL('../format/layout.ts', import.meta.url))
const HEADER = fileURLToPath(new URL('../dll/ring_layout.h', import.meta.url))

/** Evaluates the layout, so that a constant may be written as an expression. */
async function loadLayout() {
  const { outputFiles } = await build({ entryPoints: [SOURCE], bundle: true, format: 'esm', write: false })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}

/** One `#define` a constant, in the source's order and with its comments; every constant is a u32, hence the suffix. */
function defineFor(name, literal, value) {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) throw new Error(`${name} = ${value} is not an unsigned 32-bit integer`)
  const digits = literal.startsWith('0x') ? `0x${value.toString(16).padStart(8, '0')}` : String(value)
  return `#define MPRTAP_${name.padEnd(29)} ${digits}u`
}

async function generate() {
  const layout = await loadLayout()
  const lines = ['// Generated from format/layout.ts by scripts/generate.mjs; edit that file, not this one.', '#pragma once', '']
  const missing = new Set(Object.keys(layout))
  for (const line of (await readFile(SOURCE, 'utf8')).trimEnd().split('\n')) {
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

const wanted = await generate()
if (process.argv.includes('--check')) {
  const present = await readFile(HEADER, 'utf8').catch(() => '')
  if (present !== wanted) {
    console.error('dll/ring_layout.h does not match format/layout.ts: run `node scripts/generate.mjs` and commit the result.')
    process.exit(1)
  }
} else {
  await writeFile(HEADER, wanted)
}
