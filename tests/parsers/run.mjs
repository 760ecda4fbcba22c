// npm run parsers: every kind of line of JSON that the command and the library write, names of strangers included, is read by the parsers that people
// use, and each value is compared with what was written.
//
//   npm run parsers                        jq, Python, Go, Rust's serde_json, and JavaScriptSerializer under Mono
//   npm run parsers -- --only go,rust      some of them
//
// JavaScriptSerializer of the .NET Framework is what ConvertFrom-Json of Windows PowerShell 5.1 uses. Under Mono it is Mono's own implementation of that class:
// Windows PowerShell itself runs on Windows only. One difference is known. Mono takes "/Date(0)/" for a date in any form; Microsoft's published source
// (JavaScriptObjectDeserializer.cs) only where the slashes are escaped, which no line of ours has.
//
// A parser prints a line for each line that it read: values as words, so that no text can be mistaken.
//
//   z t f         null, true, false          i12  d0.5     a whole number as an integer of 64 bits, another number
//   s6162         a string, UTF-8 in hex     [ ... ]  { key value ... }     D  a date
import { spawnSync } from 'node:child_process'
import { closeSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { installPackages, missingPackages, packagesFor } from '../../scripts/lib/debian-packages.mjs'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { hostileLines } from './lines.mjs'

const here = import.meta.dirname
const made = inBuild('tests/parsers')
const OUTPUT_MAX = 1 << 30
const ESCAPED_SLASH = /(?<!\\)(?:\\\\)*\\\//
/** Debian's crates, for a cargo that asks nobody on the network. */
const CRATES = '/usr/share/cargo/registry'

const { values } = parseArgs({ options: { only: { type: 'string' } } })

function run(program, args, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: OUTPUT_MAX, ...options })
  if (error) throw error
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${status}\n${stderr.slice(-2000)}`)
  return stdout
}

/** What a parser prints about the lines of a file. It may end before it has read them all. */
function readLines(file, program, args) {
  const input = openSync(file, 'r')
  try {
    return run(program, args, { stdio: [input, 'pipe', 'pipe'] })
  } finally {
    closeSync(input)
  }
}

function buildRust() {
  const folder = join(made, 'rust')
  mkdirSync(join(folder, 'src'), { recursive: true })
  mkdirSync(join(folder, '.cargo'), { recursive: true })
  copyFileSync(join(here, 'read.rs'), join(folder, 'src/main.rs'))
  writeFileSync(
    join(folder, 'Cargo.toml'),
    '[package]\nname = "read"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\nserde_json = "1"\n',
  )
  const source = `[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "${CRATES}"\n`
  writeFileSync(join(folder, '.cargo/config.toml'), source)
  const env = { ...process.env, CARGO_HOME: join(folder, 'home'), RUSTC: '/usr/bin/rustc' }
  run('/usr/bin/cargo', ['build', '--offline', '--quiet'], { cwd: folder, env })
  return [join(folder, 'target/debug/read')]
}

function buildGo() {
  const out = join(made, 'read-go')
  run('go', ['build', '-o', out, join(here, 'read.go')], { env: { ...process.env, GOCACHE: join(made, 'go'), GO111MODULE: 'off' } })
  return [out]
}

function buildCsharp() {
  const out = join(made, 'Read.exe')
  run('mcs', ['-r:System.Web.Extensions', `-out:${out}`, join(here, 'Read.cs')])
  return ['mono', out]
}

/** What each is built to. jq's own output is JSON. */
const parsers = {
  jq: () => ['jq', '-c', '.'],
  python: () => ['python3', join(here, 'read.py')],
  go: buildGo,
  rust: buildRust,
  mono: buildCsharp,
}

/** The value of a line of words. */
function readWords(line) {
  const words = line.split(' ')
  let at = 0
  const text = (word) => Buffer.from(word.slice(1), 'hex').toString('utf8')
  const read = () => {
    const word = words[at++]
    if (word === '[') {
      const all = []
      while (words[at] !== ']') all.push(read())
      at++
      return all
    }
    if (word === '{') {
      const all = {}
      while (words[at] !== '}') Object.defineProperty(all, text(words[at++]), { value: read(), enumerable: true, configurable: true })
      at++
      return all
    }
    const known = { z: null, t: true, f: false, D: { isDate: true } }
    if (word in known) return known[word]
    if (word[0] === 's') return text(word)
    return { number: Number(word.slice(1)), isWhole: word[0] === 'i' }
  }
  return read()
}

/** Where two values differ, as a path; `undefined`: nowhere. */
function difference(ours, theirs, path = '$') {
  if (typeof ours === 'number') {
    const number = theirs?.number ?? theirs
    // serde_json rounds a number with a fraction to one of the two doubles beside it, unless its feature `float_roundtrip` is asked for.
    const isNear = !Number.isInteger(ours) && Math.abs(ours - number) <= Number.EPSILON * Math.abs(ours)
    if (ours !== number && !isNear) return `${path}: ${ours} was read as ${JSON.stringify(theirs)}`
    return Number.isSafeInteger(ours) && theirs.isWhole === false ? `${path}: ${ours} was not read as an integer` : undefined
  }
  if (theirs?.isDate && /^\/Date\(-?\d+\)\/$/.test(ours)) return undefined
  if (typeof ours !== 'object' || ours === null)
    return ours === theirs ? undefined : `${path}: ${JSON.stringify(ours)} was read as ${JSON.stringify(theirs)}`
  if (typeof theirs !== 'object' || theirs === null) return `${path}: read as ${JSON.stringify(theirs)}`
  const keys = Object.keys(ours)
  if (keys.length !== Object.keys(theirs).length) return `${path}: has other members`
  for (const key of keys) {
    const found = difference(ours[key], theirs[key], `${path}.${key}`)
    if (found) return found
  }
  return undefined
}

function compare(lines, output, read) {
  const theirs = output.split('\n').filter(Boolean)
  if (theirs.length !== lines.length) return [`${theirs.length} of ${lines.length} lines were read`]
  return lines.flatMap((line, i) => {
    const found = difference(JSON.parse(line), read(theirs[i]))
    return found ? [`${found}\n    ${line.slice(0, 400)}`] : []
  })
}

const missing = missingPackages(['parsers'])
if (missing.length > 0) {
  console.log(`installing ${missing.join(', ')}`)
  await installPackages(packagesFor(['parsers']))
}
mkdirSync(made, { recursive: true })
if (!existsSync(inBuild('cli.js'))) run(process.execPath, [inRoot('scripts/build.mjs'), '--no-dll'])

const folder = mkdtempSync(join(tmpdir(), 'mprtap-parsers-'))
let failed = 0
try {
  const groups = await hostileLines(folder)
  for (const [name, lines] of Object.entries(groups)) if (lines.length === 0) throw new Error(`${name} has written nothing`)
  const lines = Object.values(groups).flat()
  if (lines.some((line) => ESCAPED_SLASH.test(line)))
    throw new Error('a line has an escaped slash: PowerShell 5.1 takes "\\/Date(0)\\/" for a date')
  const file = join(made, 'lines.ndjson')
  writeFileSync(file, `${lines.join('\n')}\n`)
  console.log(
    `${lines.length} lines: ${Object.entries(groups)
      .map(([name, { length }]) => `${name} ${length}`)
      .join(', ')}`,
  )
  const only = values.only?.split(',') ?? Object.keys(parsers)
  for (const name of only) {
    const [program, ...args] = parsers[name]()
    const differences = compare(lines, readLines(file, program, args), name === 'jq' ? JSON.parse : readWords)
    for (const one of differences.slice(0, 5)) console.log(`  ${one}`)
    console.log(`${name.padEnd(12)} ${lines.length - differences.length} of ${lines.length} lines agree in every value`)
    failed += differences.length
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit(failed === 0 ? 0 : 1)
