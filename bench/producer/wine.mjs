// Runs bench/producer/windows.c under Wine and repeats its samples on stdout.
//   node bench/producer/wine.mjs alone ROUNDS
//   node bench/producer/wine.mjs together PROCESSES ROUNDS
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { compile, link } from '../../scripts/lib/cross.mjs'
import { alone } from '../../scripts/lib/lock.mjs'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { ensureTools } from '../../scripts/lib/tools.mjs'
import { windowsNode } from '../../scripts/lib/windows-node.mjs'
import { toWindowsPath, waitFor, wine64 as wine } from '../../scripts/lib/wine.mjs'
import { ensureWinePrefix } from '../../scripts/lib/wine-prefix.mjs'

const out = inBuild('bench', 'wine')
const program = join(out, 'windows.exe')
const dll = toWindowsPath(inBuild('dll', 'x64', 'mprtap.dll'))
const withoutToken = join(out, 'no-token')

function buildDll(...options) {
  const { status, stderr } = spawnSync(process.execPath, [inRoot('scripts/build-dll.mjs'), '--quiet', ...options], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

async function buildAll() {
  mkdirSync(out, { recursive: true })
  buildDll()
  buildDll('--out', withoutToken, '--cflags=-include bench/producer/no-token.h')
  await link('x64', program, await compile('x64', ['bench/producer/windows.c', 'tests/mpr/start.c'], out), ['advapi32'])
}

function freshRing() {
  rmSync(wine.mprtapDirectory, { recursive: true, force: true })
  for (const name of ['users', 'administrators']) mkdirSync(join(wine.mprtapDirectory, name), { recursive: true })
}

/** Starts a Windows program with its output in a file; `said()` is what it has written so far, `ended` its end. */
function start(name, ...command) {
  const file = join(out, name)
  const child = wine.spawn(command[0], command.slice(1), { stdout: openSync(file, 'w') })
  return { said: () => readFileSync(file, 'utf8'), ended: waitFor(child, 600_000) }
}

async function finish({ said, ended }) {
  const { code } = await ended
  if (code !== 0) throw new Error(`a program under Wine ended with ${code}: ${said().slice(-200)}`)
  return said()
}

async function everything(rounds) {
  const pipe = `\\\\.\\pipe\\mprtap-bench-${process.pid}`
  const log = join(out, 'log')
  rmSync(log, { force: true })
  copyFileSync(inRoot('bench/producer/server.mjs'), join(out, 'server.mjs'))
  const server = start('server.txt', windowsNode, toWindowsPath(join(out, 'server.mjs')), pipe)
  while (!server.said().includes('listening')) await delay(50)
  const noToken = toWindowsPath(join(withoutToken, 'x64', 'mprtap.dll'))
  process.stdout.write(await finish(start('samples.txt', program, dll, noToken, rounds, toWindowsPath(log), pipe)))
  process.stderr.write(`the pipe's server ${(await finish(server)).split('\n')[1]}\n`)
}

async function together(processes, rounds) {
  const when = String(Date.now() + 4000)
  const all = Array.from({ length: processes }, (_, i) => start(`samples-${i}.txt`, program, dll, rounds, when))
  for (const one of all) process.stdout.write(await finish(one))
}

await buildAll()
await alone('wine', async () => {
  await Promise.all([ensureWinePrefix(), ensureTools('windows-node')])
  wine.keepWarm()
  try {
    freshRing()
    const [how, ...args] = process.argv.slice(2)
    await (how === 'alone' ? everything(args[0]) : together(Number(args[0]), args[1]))
    freshRing()
  } finally {
    wine.stop()
  }
})
