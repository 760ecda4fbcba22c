// node tests/captures/fuzz.mjs --seconds N | --case N: mutated captures for longer, or one case again.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '../..')
const outfile = join(root, 'build/tests/capture-fuzzer.mjs')
mkdirSync(join(root, 'build/tests'), { recursive: true })
// The samples are found beside this file, not beside the bundle.
const define = { 'import.meta.dirname': JSON.stringify(import.meta.dirname) }
await build({
  entryPoints: [join(root, 'tests/captures/fuzzer.ts')],
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile,
  define,
  logLevel: 'warning',
})
const { CaptureFuzzer } = await import(pathToFileURL(outfile).href)
const value = (name) => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : undefined)
const fuzzer = new CaptureFuzzer()
const one = value('--case')
const end = performance.now() + 1000 * (value('--seconds') ?? 10)
if (one !== undefined) fuzzer.run(one)
else while (performance.now() < end) fuzzer.run(Math.floor(Math.random() * 2 ** 32))
process.stdout.write(
  `${fuzzer.cases} cases, ${fuzzer.handedOut} records and gaps handed out, ${fuzzer.faults} faults told, no promise broken\n`,
)
