// npm run bench -- decode|latency|scale|captures|farm|producer|startup [--quick] [--json] [--write]
// Builds a benchmark, runs it in a process of its own, and prints a table. --json prints the figures instead; --write also keeps them, with
// plots, in docs/benchmarks/.
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { buildCore } from '../scripts/build.mjs'

const root = join(import.meta.dirname, '..')
const names = ['decode', 'latency', 'scale', 'captures', 'farm', 'producer', 'startup']
const args = process.argv.slice(2)
const chosen = args.filter((argument) => !argument.startsWith('--'))
const options = args.filter((argument) => argument.startsWith('--'))
const unknown = chosen.find((name) => !names.includes(name)) ?? options.find((option) => !/^--(quick|json|write|records=\d+)$/.test(option))
if (unknown !== undefined || chosen.length > 1) {
  process.stderr.write(
    `npm run bench does not know "${unknown ?? chosen[1]}". Use: npm run bench -- [decode|latency|scale|captures|farm|producer|startup] [--quick] [--json] [--write]\n`,
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
    external: ['koffi', '@nats-io/*', 'protobufjs', 'msgpackr', 'flatbuffers'],
    logLevel: 'warning',
  })
  return join(root, outfile)
}

process.chdir(root)
mkdirSync('build/bench', { recursive: true })
buildCore()
const program = await bundle(`bench/${name}/main.ts`, `build/bench/${name}.mjs`)
const child = spawn(process.execPath, ['--expose-gc', program, ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
let output = ''
child.stdout.on('data', (chunk) => {
  output += chunk
})
child.on('close', async (code) => {
  if (code !== 0) {
    process.exitCode = code ?? 1
    return
  }
  if (options.includes('--json')) process.stdout.write(output)
  const reporter = name === 'producer' ? 'bench/producer/report.ts' : 'bench/lib/report.ts'
  const { report } = await import(pathToFileURL(await bundle(reporter, 'build/bench/report.mjs')).href)
  report(name, JSON.parse(output), { print: !options.includes('--json'), write: options.includes('--write') })
})
