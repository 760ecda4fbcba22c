// npm run bench -- decode|latency|scale|captures|farm|producer|first|startup [--quick] [--json] [--write] [--node=22|24|26]
// Builds a benchmark, runs it in a process of its own, and prints a table. --json prints the figures instead; --write also keeps them, with
// plots, in docs/benchmarks/. --node takes another version of Node; "decode --write" is measured on this one and on Node 24.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { ensureTools, nodes } from '../scripts/lib/tools.mjs'

const root = join(import.meta.dirname, '..')
const names = ['decode', 'latency', 'scale', 'captures', 'farm', 'producer', 'first', 'startup']
const args = process.argv.slice(2)
const chosen = args.filter((argument) => !argument.startsWith('--'))
const options = args.filter((argument) => argument.startsWith('--'))
const unknown =
  chosen.find((name) => !names.includes(name)) ??
  options.find((option) => !/^--(quick|json|write|records=\d+|node=(22|24|26))$/.test(option))
if (unknown !== undefined || chosen.length > 1) {
  process.stderr.write(
    `npm run bench does not know "${unknown ?? chosen[1]}". Use: npm run bench -- [decode|latency|scale|captures|farm|producer|first|startup] [--quick] [--json] [--write] [--node=22|24|26]\n`,
  )
  process.exit(2)
}
if (options.includes('--quick') && options.includes('--write')) {
  process.stderr.write('A quick run is for a look; what is kept comes from a full one. Leave out --quick or --write.\n')
  process.exit(2)
}
const name = chosen[0] ?? 'decode'

/** Bundles below build/bench/, with the settings of the shipped bundles; peers stay packages. */
async function bundle(entry, outfile) {
  await build({
    entryPoints: [join(root, entry)],
    outfile: join(root, outfile),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Layout constants become literals in everybody's loops.
    minifySyntax: true,
    define: { MPRTAP_VERSION: JSON.stringify('bench') },
    external: ['koffi', '@nats-io/*', 'protobufjs', 'msgpackr', 'flatbuffers', 'playwright-core'],
    logLevel: 'warning',
  })
  return join(root, outfile)
}

process.chdir(root)
mkdirSync('build/bench', { recursive: true })
// Some measure the shipped bundles as well, which must be those of this source.
execFileSync(process.execPath, ['scripts/build.mjs', '--no-dll'], { stdio: ['ignore', 'ignore', 'inherit'] })
const program = await bundle(`bench/${name}/main.ts`, `build/bench/${name}.mjs`)
const isWritten = options.includes('--write')
const reporter = await bundle(name === 'producer' ? 'bench/producer/report.ts' : 'bench/lib/report.ts', 'build/bench/report.mjs')
const { report } = await import(pathToFileURL(reporter).href)
const other = options.find((option) => option.startsWith('--node='))?.replace('--node=', 'node')
/** The versions of Node that it is measured on, one after another; `undefined` is the one that runs this. */
const versions = name === 'decode' && isWritten && other === undefined ? [undefined, 'node24'] : [other]
if (versions.some((version) => version !== undefined)) await ensureTools('nodes')

/** @returns what a benchmark printed; `undefined` if it failed, and then this process fails too. */
function measured(node) {
  const child = spawn(node, ['--expose-gc', program, ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  return new Promise((resolve) => {
    child.on('close', (code) => {
      if (code !== 0) process.exitCode = code ?? 1
      resolve(code === 0 ? output : undefined)
    })
  })
}

for (const version of versions) {
  const output = await measured(version === undefined ? process.execPath : nodes[version])
  if (output === undefined) break
  if (options.includes('--json')) process.stdout.write(output)
  report(name, JSON.parse(output), { print: !options.includes('--json'), write: isWritten, isLast: version === versions.at(-1) })
}
