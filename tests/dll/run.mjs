// Builds and runs the native tests of the DLL's portable core: one line a test, and a last line with the totals.
//   plain      as shipped, optimised
//   cas        as plain, with the bounded compare-and-swap loop that 32-bit and arm64 writers use for fetch-add
//   sanitized  under AddressSanitizer and UndefinedBehaviorSanitizer
//   32-bit     -m32, so that every 64-bit operation is a cmpxchg8b; left out, loudly, where gcc-multilib is not installed
// Then the shipped 32-bit DLL's exception guard (x86-loader.c).
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runs32Bit } from '../../scripts/lib/runs-32-bit.mjs'
import { writeHeaders } from './headers.mjs'
import { runProducerTests } from './producers.mjs'
import { runX86LoaderTest } from './x86-loader.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const out = join(root, 'build/tests/dll')
const core = ['checksum.c', 'policy.c', 'record.c', 'ring.c', 'sid.c'].map((file) => join('dll', file))
const harness = ['check.c', 'rings.c'].map((file) => join('tests/dll', file))
const flags = [
  '-std=gnu11',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-g',
  '-fms-extensions',
  '-Wno-ignored-attributes',
  '-Idll',
  '-Itests/dll',
  `-I${out}`,
]
const variants = {
  plain: ['-O2'],
  cas: ['-O2', '-DMPRTAP_INCREMENT_BY_CAS'],
  sanitized: ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
  '32-bit': ['-O2', '-m32', '-msse2'],
}

/** Compiles with clang and returns the program's path, or prints why not and returns undefined. */
function compile(name, options, sources) {
  const program = join(out, name)
  const { status, stderr, error } = spawnSync('clang', [...flags, ...options, ...sources, '-o', program], { cwd: root, encoding: 'utf8' })
  if (status === 0) return program
  console.log(error ? 'clang is missing: apt-get install clang libclang-rt-dev' : stderr)
  return undefined
}

const totals = { passed: 0, failed: 0 }

function report(ok, sentence) {
  totals[ok ? 'passed' : 'failed']++
  console.log(`${ok ? 'ok' : 'not ok'} ${sentence}`)
}

/** Runs one build of the tests and repeats its lines with the variant's name in front. */
function runVariant(variant) {
  const tests = readdirSync(join(root, 'tests/dll')).filter((file) => file.endsWith('-test.c'))
  const sources = [...core, ...harness, ...tests.map((file) => join('tests/dll', file))]
  const program = compile(`core-${variant}`, ['-DMPRTAP_TEST_POINTS', ...variants[variant]], sources)
  if (!program) return report(false, `${variant}: builds`)
  const { status, signal, stdout, stderr } = spawnSync(program, {
    encoding: 'utf8',
    env: { ...process.env, ASAN_OPTIONS: 'allow_user_segv_handler=1' },
  })
  let failures = 0
  for (const line of stdout.trimEnd().split('\n')) {
    const result = /^(ok|not ok) (.*)$/.exec(line)
    if (!result) console.log(line)
    else report(result[1] === 'ok', `${variant}: ${result[2]}`)
    failures += line.startsWith('not ok')
  }
  if (status !== 0 && failures === 0) {
    console.log(stderr)
    report(false, `${variant}: runs to its end (${signal ?? `exit code ${status}`})`)
  }
}

writeHeaders(out)
let skipped = 0
const can32 = spawnSync('clang', ['-m32', '-x', 'c', '-', '-o', '/dev/null'], { input: '#include <stdio.h>\nint main(void) { return 0; }' })
if (can32.status !== 0) {
  delete variants['32-bit']
  skipped++
  console.log('32-bit: NOT RUN, because this machine cannot build 32-bit programs: apt-get install gcc-multilib')
} else if (!runs32Bit()) {
  delete variants['32-bit']
  skipped++
  console.log('32-bit: NOT RUN, because the kernel of this machine runs no 32-bit programs')
}
for (const variant of Object.keys(variants)) runVariant(variant)
await runProducerTests({ out, report, compile: (name, options, sources) => compile(name, options, [...core, ...sources]) })
runX86LoaderTest({ out, report })
console.log(`native C: ${totals.passed} passed, ${totals.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exit(totals.failed === 0 ? 0 : 1)
