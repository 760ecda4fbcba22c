// Runs bench/first/first.c under Wine and prints JSON: the times of each process, and its calls by name, step by step.
//   node bench/first/wine.mjs PROCESSES [SOURCES]     SOURCES: a folder with another version of the DLL's sources
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile, link } from '../../scripts/lib/cross.mjs'
import { alone } from '../../scripts/lib/lock.mjs'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { importRegistry, registryFile, removed, text } from '../../scripts/lib/registry.mjs'
import { toWindowsPath, wine64 as wine } from '../../scripts/lib/wine.mjs'
import { ensureWinePrefix } from '../../scripts/lib/wine-prefix.mjs'

const [processes, sources = 'dll'] = process.argv.slice(2)
const out = inBuild('bench', 'first')
const program = join(out, 'first.exe')
const dll = toWindowsPath(join(out, 'x64', 'mprtap.dll'))
const STEPS = ['load', 'first', 'second']
const DLL_BYTES = 0x20000

async function build() {
  mkdirSync(out, { recursive: true })
  const args = [inRoot('scripts/build-dll.mjs'), '--quiet', '--arch', 'x64', '--out', out, '--sources', sources]
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  await link('x64', program, await compile('x64', ['bench/first/first.c', 'tests/mpr/start.c'], out))
}

function freshFolders() {
  rmSync(wine.mprtapDirectory, { recursive: true, force: true })
  for (const name of ['users', 'administrators']) mkdirSync(join(wine.mprtapDirectory, name), { recursive: true })
}

/** `mprtap install` always names the folder. */
const setting = (Directory) => importRegistry(registryFile({ 'HKEY_LOCAL_MACHINE\\SOFTWARE\\mprtap': { Directory } }))

/** A control file that says nothing against recording (format/RING.md section 7). */
function controlFile() {
  const bytes = Buffer.alloc(64)
  bytes.write('MPRC', 0, 'latin1')
  bytes.writeUInt32LE(1, 4)
  writeFileSync(join(wine.mprtapDirectory, 'control'), bytes)
}

async function run(args, env) {
  const { code, stdout, stderr } = await wine.run(program, [dll, ...args], { env, timeoutMs: 120_000 })
  if (code !== 0) throw new Error(`first.exe ended with ${code}: ${stdout}${stderr.slice(-500)}`)
  return { stdout, stderr }
}

/** Names with how often each was called, the most frequent first. */
function counted(names) {
  const counts = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return Object.fromEntries(Object.entries(counts).sort(([a, i], [b, j]) => j - i || (a < b ? -1 : 1)))
}

/** From Wine's trace of the calls between modules: which functions the DLL called itself, and which system calls were made for it. */
async function calls() {
  const { stdout, stderr } = await run(['mark'], { WINEDEBUG: '+relay' })
  const base = Number.parseInt(/^dll (\w+)/m.exec(stdout)[1], 16)
  const thread = /^(\w+):Call KERNEL32\.OpenEventW\(.*L"mprtap-step"/m.exec(stderr)[1]
  const steps = stderr.split(/Call KERNEL32\.OpenEventW\(.*L"mprtap-step".*\n/).slice(1, STEPS.length + 1)
  return steps.map((trace) => {
    const made = [...trace.matchAll(/^(\w+):Call (\w+)\.(\w+)\(.*ret=(\w+)\r?$/gm)].filter(([, by]) => by === thread)
    const isOwn = (address) => Number.parseInt(address, 16) - base >= 0 && Number.parseInt(address, 16) - base < DLL_BYTES
    return {
      // The step's beginning opens an event; the DLL opens none.
      system: counted(
        made.map(([, , module, name]) => (module === 'ntdll' ? name : '')).filter((name) => /^Nt(?!OpenEvent)[A-Z]/.test(name)),
      ),
      own: counted(made.filter(([, , , , from]) => isOwn(from)).map(([, , , name]) => name)),
    }
  })
}

async function times(prepare) {
  const all = STEPS.map(() => [])
  for (let i = 0; i < Number(processes); i++) {
    prepare()
    const { stdout } = await run([])
    for (const [step, ns] of stdout.trim().split('\n').entries()) all[step].push(Number(ns))
  }
  return all
}

/** `prepare` leaves the folders as the process is to find them. */
async function measured(prepare) {
  prepare()
  const made = await calls()
  const taken = await times(prepare)
  return Object.fromEntries(STEPS.map((name, step) => [name, { ns: taken[step], ...made[step] }]))
}

async function all() {
  const newRing = await measured(freshFolders)
  freshFolders()
  controlFile()
  await run([]) // makes the ring
  return { newRing, oldRing: await measured(() => {}) }
}

await build()
await alone('wine', async () => {
  await ensureWinePrefix()
  wine.keepWarm()
  try {
    await setting(text('C:\\ProgramData\\mprtap'))
    process.stdout.write(`${JSON.stringify(await all())}\n`)
  } finally {
    freshFolders()
    await setting(removed())
    wine.stop()
  }
})
