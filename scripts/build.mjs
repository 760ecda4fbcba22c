// Builds what runs: the WebAssembly core, the bundles, the DLLs. Only what is older than its inputs is built again. What only the package needs,
// declarations and notices, is made by scripts/prepack.mjs.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
process.chdir(root)
mkdirSync('build', { recursive: true })

/** Newest modification time below the given files and folders, ms. */
function newest(paths) {
  let time = 0
  for (const path of paths) {
    if (!existsSync(path)) continue
    const status = statSync(path)
    time = Math.max(time, status.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : status.mtimeMs)
  }
  return time
}

function isOlder(outputs, inputs) {
  const oldest = Math.min(...outputs.map((path) => (existsSync(path) ? statSync(path).mtimeMs : 0)))
  return oldest < newest([...inputs, 'scripts/build.mjs', 'package-lock.json'])
}

function run(command, args) {
  execFileSync(process.execPath, [join('node_modules', command), ...args], { stdio: ['ignore', 'inherit', 'inherit'] })
}

function buildCore() {
  const outputs = ['build/core.wasm', 'build/core.debug.wasm', 'build/core-wasm.mjs']
  if (!isOlder(outputs, ['assembly', 'format/layout.ts', 'asconfig.json'])) return
  for (const target of ['release', 'debug']) run('assemblyscript/bin/asc.js', ['--config', 'asconfig.json', '--target', target])
  // The core travels inside the bundle: no path to get wrong in somebody else's bundle, archive or Electron package.
  const base64 = readFileSync('build/core.wasm').toString('base64')
  writeFileSync('build/core-wasm.mjs', `export const coreBytes = Buffer.from('${base64}', 'base64')\n`)
  writeFileSync('build/core-wasm.d.mts', 'export declare const coreBytes: Buffer<ArrayBuffer>\n')
}

/** The live page travels inside the command's bundle too. */
export async function buildLivePage() {
  const outputs = ['build/live-page.mjs', 'build/live-page.d.mts']
  if (!isOlder(outputs, ['host/serve/web', 'host/text'])) return
  const { build } = await import('esbuild')
  const bundle = async (entry, options) => {
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      minify: true,
      write: false,
      target: 'es2022',
      legalComments: 'eof',
      ...options,
    })
    return outputFiles[0].text
  }
  const files = {
    '/': { type: 'text/html; charset=utf-8', body: readFileSync('host/serve/web/index.html', 'utf8') },
    '/page.css': { type: 'text/css; charset=utf-8', body: await bundle('host/serve/web/page.css', {}) },
    '/page.js': {
      type: 'text/javascript; charset=utf-8',
      body: await bundle('host/serve/web/page.tsx', { jsx: 'automatic', jsxImportSource: 'preact' }),
    },
  }
  writeFileSync('build/live-page.mjs', `export const livePage = ${JSON.stringify(files)}\n`)
  writeFileSync(
    'build/live-page.d.mts',
    'export declare const livePage: Readonly<Record<string, { readonly type: string; readonly body: string }>>\n',
  )
}

export async function buildBundles() {
  const entries = { index: 'host/index.ts', sinks: 'host/forwarding/index.ts', testing: 'host/testing/index.ts', cli: 'host/cli/main.ts' }
  const outputs = [...Object.keys(entries).map((name) => `build/${name}.js`), 'build/bundled.json']
  if (!isOlder(outputs, ['host', 'format', 'assembly/abi.ts', 'build/core-wasm.mjs', 'package.json'])) return
  const { build } = await import('esbuild')
  const common = {
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['koffi'],
    legalComments: 'inline',
    sourcemap: 'linked',
    metafile: true,
    // Lets layout constants be written into the code that uses them, across files.
    minifySyntax: true,
    // A fifth less to read at every start. Names stay, so that a stack trace says something.
    minifyWhitespace: true,
    // Node shows the line that an error was thrown in, when nobody catches it.
    lineLimit: 160,
    logLevel: 'warning',
    define: { MPRTAP_VERSION: JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).version) },
  }
  const { cli, index, sinks, testing } = entries
  const made = [await build({ ...common, entryPoints: [testing], outfile: 'build/testing.js' })]
  // Code that a tap needs only for some sources, such as captures, is in files of its own, loaded when they are used.
  rmSync('build/index', { recursive: true, force: true })
  made.push(await build({ ...common, entryPoints: { index, sinks }, outdir: 'build', splitting: true, chunkNames: 'index/[name]-[hash]' }))
  letRequire('build/index')
  // The command is cut into files, a verb each and what they share, so that it loads only what the verb at hand needs.
  rmSync('build/cli', { recursive: true, force: true })
  const command = await build({
    ...common,
    entryPoints: { cli },
    outdir: 'build',
    splitting: true,
    chunkNames: 'cli/[name]-[hash]',
    // Nobody steps through the command in a program of their own, and maps would be a third of the package.
    sourcemap: false,
    // Commander is CommonJS: give its require() calls for Node's own modules something to call.
    banner: { js: "import { createRequire as requireFrom } from 'node:module'\nconst require = requireFrom(import.meta.url)" },
  })
  writeFileSync('build/bundled.json', JSON.stringify(bundledPackages([...made, command])))
}

/** CommonJS in the library's files (NATS's keys) requires Node's own modules: there is something to call, in the one file that asks. The line map stays as it is. */
function letRequire(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const text = name.endsWith('.js') ? readFileSync(path, 'utf8') : ''
    if (!text.includes('Dynamic require of')) continue
    writeFileSync(path, `import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);${text}`)
  }
}

/** Folders of the packages that came into the bundles. */
function bundledPackages(results) {
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs))
  return [...new Set(inputs.flatMap((path) => /^node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []))].sort()
}

if (process.argv[1] === import.meta.filename) {
  const started = performance.now()
  buildCore()
  await buildLivePage()
  await buildBundles()
  if (existsSync('scripts/build-dll.mjs') && !process.argv.includes('--no-dll')) {
    execFileSync(process.execPath, ['scripts/build-dll.mjs'], { stdio: ['ignore', 'inherit', 'inherit'] })
  }
  process.stderr.write(`built in ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
}
