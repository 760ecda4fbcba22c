// Builds build/dll/{x64,x86,arm64}/mprtap.dll with clang and lld, without an SDK and without a C runtime. Does nothing when nothing has changed.
//   --verify   builds every DLL a second time and compares the two byte for byte
// Every build checks what the DLLs import and export, their size and their mitigations.
//   --quiet    prints nothing but errors
// For test builds:
//   --out DIR --arch ARCH     another folder, one architecture only
//   --sources DIR             other sources than dll/ (a guard taken out)
//   --cflags "…" --add FILE   additional compiler flags and one source more, which may export what it likes (-DMPRTAP_TEST_POINTS)
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values: options } = parseArgs({
  options: {
    verify: { type: 'boolean' },
    quiet: { type: 'boolean' },
    out: { type: 'string' },
    arch: { type: 'string' },
    sources: { type: 'string', default: 'dll' },
    cflags: { type: 'string', default: '' },
    add: { type: 'string' },
  },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const sources = resolve(root, options.sources)
const fromRoot = (...path) => relative(root, join(sources, ...path))
const TARGETS = {
  x64: { triple: 'x86_64-pc-windows-msvc', dlltool: 'i386:x86-64', link: [] },
  x86: { triple: 'i686-pc-windows-msvc', dlltool: 'i386', link: ['/safeseh'] },
  arm64: { triple: 'aarch64-pc-windows-msvc', dlltool: 'arm64', link: [] },
}
// Unwind tables are needed by the exception guard: without them the exception is caught, but the caller's registers are not restored.
const FLAGS = '-O2 -fno-vectorize -std=gnu11 -ffreestanding -fno-builtin -fms-extensions -fno-stack-protector -mno-stack-arg-probe'
  .concat(' -Xclang -cfguard -fasynchronous-unwind-tables -Wall -Wextra -Werror -Wframe-larger-than=3584')
  .split(' ')
const extraFlags = options.cflags.split(' ').filter(Boolean)
const architectures = Object.keys(TARGETS).filter((arch) => options.arch === undefined || options.arch === arch)
const LINK = '/nologo /dll /entry:DllMain /nodefaultlib /brepro /dynamicbase /nxcompat /guard:cf /merge:.00cfg=.rdata'.split(' ')

function fail(text) {
  console.error(text)
  process.exit(1)
}

function run(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: root, encoding: 'utf8' })
  if (error?.code === 'ENOENT') fail(`${program} is missing; on Debian: apt-get install clang lld llvm`)
  if (status !== 0) fail(`${program} failed:\n${stderr || stdout}`)
  return stdout
}

/** Everything that the result depends on, the compiler's version aside. */
function inputsDigest() {
  const hash = createHash('sha256')
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .update(JSON.stringify([options.cflags, architectures]))
  if (options.add) hash.update(readFileSync(resolve(root, options.add)))
  for (const file of readdirSync(sources).sort()) hash.update(file).update(readFileSync(join(sources, file)))
  return hash.digest('hex')
}

/** An import library for one system DLL; only x86 names carry their argument bytes. */
function importLibrary(library, arch, into) {
  const definition = join(into, `${library}.def`)
  const text = readFileSync(join(sources, `${library}.def`), 'utf8').replace(/^;.*\n/gm, '')
  writeFileSync(definition, arch === 'x86' ? text : text.replace(/@\d+$/gm, ''))
  const output = join(into, `${library}.lib`)
  run('llvm-dlltool', ['-m', TARGETS[arch].dlltool, ...(arch === 'x86' ? ['-k'] : []), '-d', definition, '-l', output])
  return output
}

/** Compiles and links one DLL into `into` and returns its path. */
function buildDll(arch, into) {
  const target = TARGETS[arch]
  mkdirSync(into, { recursive: true })
  const files = readdirSync(sources).filter((name) => name.endsWith('.c'))
  const objects = [...files.map((file) => fromRoot(file)), ...(options.add ? [options.add] : [])].map((file) => {
    const object = join(into, basename(file).replace(/\.c$/, '.obj'))
    const include = file === options.add ? [`-I${sources}`] : []
    run('clang', [`--target=${target.triple}`, ...FLAGS, ...extraFlags, ...include, '-c', file, '-o', object])
    return object
  })
  const resource = join(into, 'mprtap.res')
  run('llvm-rc', ['/FO', resource, fromRoot('mprtap.rc')])
  const libraries = ['kernel32', 'advapi32', 'ntdll'].map((library) => importLibrary(library, arch, into))
  const dll = join(into, 'mprtap.dll')
  const machine = `/machine:${arch}`
  run('lld-link', [...LINK, ...target.link, machine, `/def:${fromRoot('mprtap.def')}`, ...objects, resource, ...libraries, `/out:${dll}`])
  for (const file of readdirSync(into).filter((name) => name !== 'mprtap.dll')) rmSync(join(into, file))
  return dll
}

/** What llvm-readobj says the DLL imports and exports. */
function inspect(dll) {
  const text = run('llvm-readobj', ['--coff-imports', '--coff-exports', dll])
  const imports = [...text.matchAll(/^Import \{\n\s+Name: (\S+)([\s\S]*?)^\}/gm)].map(
    ([, name, body]) => `${name} (${[...body.matchAll(/Symbol: (\S+)/g)].map((symbol) => symbol[1]).join(', ')})`,
  )
  const exports = [...text.matchAll(/^Export \{[\s\S]*?Name: (\S+)/gm)].map(([, name]) => name)
  return { imports, exports }
}

/** What is wrong with the DLL's mitigations (docs/adr/0002 and 0011): text for people, undefined when nothing is. */
function wrongMitigation(dll, arch) {
  const text = run('llvm-readobj', ['--file-headers', '--coff-load-config', dll])
  const number = (field) => Number(new RegExp(`^\\s*${field}: (0x[0-9A-F]+|\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
  const table = /GuardFidTable \[([^\]]*)\]/.exec(text)?.[1].match(/0x[0-9A-F]+/g) ?? []
  const handlers = /SEHTable \[([^\]]*)\]/.exec(text)?.[1].match(/0x[0-9A-F]+/g) ?? []
  if (!text.includes('IMAGE_DLL_CHARACTERISTICS_GUARD_CF')) return 'is not marked for Control Flow Guard'
  // Instrumented, and with a table whose entries are addresses without anything after them.
  if (number('GuardFlags') !== 0x500) return `has GuardFlags ${number('GuardFlags')}`
  if (table.length === 0 || table.length !== number('GuardCFFunctionCount')) return 'lists no functions that may be called indirectly'
  if (!(number('GuardCFCheckFunction') > 0 && number('GuardCFCheckDispatch') > 0)) return 'has no place for the check of an indirect call'
  if (handlers.length !== (arch === 'x86' ? 1 : 0)) return `has ${handlers.length} exception handlers in its table`
  if (!handlers.every((handler) => table.includes(handler))) return 'has an exception handler that may not be called indirectly'
  if (/CET_COMPAT/.test(text)) return 'is marked for shadow stacks'
  const most = 24 * 1024
  if (statSync(dll).size > most) return `is larger than ${most} bytes`
  return undefined
}

const { verify } = options
const say = options.quiet ? () => {} : console.log
const output = options.out ? resolve(options.out) : join(root, 'build/dll')
const stamp = join(output, 'inputs.sha256')
const digest = inputsDigest()
const dlls = architectures.map((arch) => [arch, join(output, arch, 'mprtap.dll')])
const manifest = join(output, 'manifest.json')
const upToDate =
  existsSync(stamp) && readFileSync(stamp, 'utf8') === digest && [manifest, ...dlls.map(([, dll]) => dll)].every((file) => existsSync(file))

/** What `mprtap install` and `status` compare installed DLLs with: their hashes, and that of the sources. */
function writeManifest() {
  const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
  const sha256 = Object.fromEntries(dlls.map(([arch, dll]) => [arch, createHash('sha256').update(readFileSync(dll)).digest('hex')]))
  writeFileSync(manifest, `${JSON.stringify({ version, sourceHash: digest, sha256 }, null, 2)}\n`)
}

if (!upToDate || verify) {
  for (const [arch] of dlls) buildDll(arch, join(output, arch))
  if (verify) {
    for (const [arch, dll] of dlls) {
      const again = buildDll(arch, join(output, 'again', arch))
      if (!readFileSync(again).equals(readFileSync(dll))) fail(`${arch}: two builds differ: the DLL is not reproducible.`)
    }
    rmSync(join(output, 'again'), { recursive: true })
    say('Built twice: byte-identical.')
  }
  writeManifest()
  writeFileSync(stamp, digest)
  for (const [arch, dll] of dlls) {
    const { imports, exports } = inspect(dll)
    const foreign = imports.filter((name) => !/^(KERNEL32|ADVAPI32|ntdll)\.dll /.test(name))
    if (foreign.length > 0) fail(`${arch}: imports more than KERNEL32, ADVAPI32 and NTDLL: ${foreign.join('; ')}`)
    const wrong = options.add || options.cflags ? undefined : wrongMitigation(dll, arch)
    if (wrong) fail(`${arch}: ${wrong}.`)
    if (!options.add && exports.join() !== 'AddConnectNotify,CancelConnectNotify') fail(`${arch}: exports ${exports.join(', ')}`)
    say(`${arch.padEnd(5)} ${String(statSync(dll).size).padStart(6)} bytes  ${relative(root, dll)}`)
    say(`      exports ${exports.join(', ')}`)
    for (const line of imports) say(`      imports ${line}`)
  }
}
