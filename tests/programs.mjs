// The C programs that tests on Linux run, and the fuzzer's WebAssembly module: built before any test (tests/build.ts), once for each change
// of their sources, into build/tests/programs.
import { mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { inBuild, inRoot, root } from '../scripts/lib/paths.mjs'
import { fingerprint, run, unlessFresh } from '../scripts/lib/run.mjs'
import { argumentsOf } from './fuzz/native/build.mjs'

const directory = inBuild('tests', 'programs')
const dll = (...names) => names.map((name) => `dll/${name}.c`)
const core = dll('checksum', 'record', 'ring')
const flags = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-fms-extensions', '-Wno-ignored-attributes', '-Idll']

/** Each program: what clang is given. */
const recipes = {
  /** Writes rings, and can be stopped in the middle (tests/torture). */
  producer: [...flags, '-Itests/torture', '-DMPRTAP_TEST_POINTS', ...core, 'tests/torture/producer.c'],
  mutator: [...flags, '-Itests/torture', ...core, 'tests/torture/mutator.c'],
  /** The shipped C above a POSIX file layer. */
  notifier: [
    ...flags,
    '-Itests/dll',
    ...core,
    ...dll('policy', 'ring_cache', 'sid'),
    'tests/dll/notifier.c',
    'tests/dll/ring-file-posix.c',
  ],
  /** Locks a file. */
  lock: ['-O1', 'tests/dll/lock.c'],
  /** The fuzz target of the writer, as on x64. */
  'ring-target': argumentsOf('plain'),
}

const folders = ['dll', 'tests/dll', 'tests/torture', 'tests/fuzz/native']
const sources = () =>
  folders.flatMap((folder) => readdirSync(inRoot(folder)).flatMap((name) => (/\.[ch]$/.test(name) ? [inRoot(folder, name)] : [])))

export const programPath = (name) => join(directory, name)

async function compile(name) {
  const output = programPath(name)
  // By renaming: a copy that runs at this moment is left alone.
  await run('clang', [...recipes[name], '-o', `${output}.new`], { cwd: root })
  renameSync(`${output}.new`, output)
}

/** Brings programs up to date. */
export async function buildPrograms(names = Object.keys(recipes)) {
  mkdirSync(directory, { recursive: true })
  const inputs = fingerprint([], sources())
  await Promise.all(
    names.map((name) => unlessFresh(`${programPath(name)}.stamp`, fingerprint([inputs, ...recipes[name]], []), () => compile(name))),
  )
}

const mutatorConfig = 'tests/core/fuzz-asconfig.json'
const mutatorSources = [mutatorConfig, 'tests/core/fuzz-mutator.ts', 'tests/core/scalar-checksum.ts', 'format/layout.ts']

/** Brings build/fuzz-mutator.wasm up to date. */
export function buildMutator() {
  const wanted = fingerprint(
    [],
    mutatorSources.map((name) => inRoot(name)),
  )
  const compiler = 'node_modules/assemblyscript/bin/asc.js'
  return unlessFresh(inBuild('fuzz-mutator.stamp'), wanted, () =>
    run(process.execPath, [compiler, '--config', mutatorConfig], { cwd: root }),
  )
}
