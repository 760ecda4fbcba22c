// Builds the fuzz target of the ring's writer, and unpacks its corpus.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')
export const corpusFile = join(import.meta.dirname, 'corpus.txt')

/** plain: x64, with its fetch-add. cas: the bounded compare-and-swap loop that 32-bit and arm64 writers have instead. */
export const variants = { plain: [], cas: ['-DMPRTAP_INCREMENT_BY_CAS'] }

const SOURCES = [
  'dll/checksum.c',
  'dll/record.c',
  'dll/ring.c',
  ...['ring-target', 'input', 'writes', 'dump'].map((name) => `tests/fuzz/native/${name}.c`),
]
const FLAGS = [
  '-std=gnu11',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-g',
  '-O1',
  '-fms-extensions',
  '-Wno-ignored-attributes',
  '-Idll',
  '-Itests/fuzz/native',
]
const SANITIZERS = ['-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all', '-DMPRTAP_TEST_POINTS']

/** For the target: a sanitizer's quarantine would only take memory, the target allocates nothing. */
export const environment = { ...process.env, ASAN_OPTIONS: 'quarantine_size_mb=1' }

/** What clang is given for a variant. @param {keyof variants} variant */
export const argumentsOf = (variant) => [...FLAGS, ...SANITIZERS, ...variants[variant], ...SOURCES]

/**
 * Builds a variant and returns the program's path.
 * @param {keyof variants} variant
 * @throws Error with the compiler's words.
 */
export function buildTarget(variant, directory) {
  mkdirSync(directory, { recursive: true })
  const program = join(directory, `ring-target-${variant}`)
  const args = [...argumentsOf(variant), '-o', program]
  const { status, stderr, error } = spawnSync('clang', args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(error ? 'clang is missing: apt-get install clang libclang-rt-dev' : stderr)
  return program
}

/** The inputs of the corpus, each as bytes. */
export function readCorpus() {
  const lines = readFileSync(corpusFile, 'utf8')
    .split('\n')
    .filter((line) => /^[0-9a-f]+$/.test(line))
  return lines.map((line) => Buffer.from(line, 'hex'))
}

/** Makes `directory` hold these inputs and nothing else. */
export function writeInputs(directory, inputs) {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  for (const input of inputs) writeFileSync(join(directory, createHash('sha256').update(input).digest('hex').slice(0, 16)), input)
}
