// Running Windows programs under Wine, in a prefix of our own below build/. No display is needed.
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inBuild } from './paths.mjs'

export const winePrefix = inBuild('wine', 'prefix')
export const driveC = join(winePrefix, 'drive_c')
export const system32 = join(driveC, 'windows', 'system32')

/** Where the notifyee writes. Every process of a Wine prefix is elevated, so rings are in `administrators`. */
export const mprtapDirectory = join(driveC, 'ProgramData', 'mprtap')
export const ringDirectory = join(mprtapDirectory, 'administrators')

/** The path by which a Windows program reaches a Linux path. */
export const toWindowsPath = (path) => `Z:${path.replaceAll('/', '\\')}`

/** The environment of every Wine process; `extra` wins. */
export function wineEnvironment(extra = {}) {
  const environment = { ...process.env, WINEPREFIX: winePrefix, WINEARCH: 'win64', WINEDEBUG: '-all', ...extra }
  delete environment.DISPLAY
  return environment
}

/**
 * Starts a program and returns its process at once. Its output must go to files or be ignored: Wine's server inherits the descriptors
 * of whoever starts it first, so that a pipe would stay open after the program ended.
 * @param {string} program a Windows program, by Linux path or by name
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, stdout?: number, stderr?: number }} [options] open descriptors, or ignored
 */
export function spawnWine(program, args, { cwd, env, stdout, stderr } = {}) {
  const stdio = ['ignore', stdout ?? 'ignore', stderr ?? 'ignore']
  return spawn('wine', [program, ...args], { cwd, env: wineEnvironment(env), stdio })
}

/**
 * Runs a program to its end.
 * @param {string} program a Windows program, by Linux path or by name
 * @param {string[]} [args]
 * @param {{ cwd?: string, env?: Record<string, string>, timeoutMs?: number }} [options]
 * @returns {Promise<{ code: number | null, signal: string | null, timedOut: boolean, stdout: string, stderr: string }>} the exit code is its low
 *   8 bits; null when a signal ended it
 */
export async function runWine(program, args = [], { cwd, env, timeoutMs = 60_000 } = {}) {
  mkdirSync(inBuild('wine'), { recursive: true })
  const directory = mkdtempSync(inBuild('wine', 'output-'))
  const files = { stdout: join(directory, 'stdout'), stderr: join(directory, 'stderr') }
  const stdout = openSync(files.stdout, 'w')
  const stderr = openSync(files.stderr, 'w')
  try {
    const ended = await waitFor(spawnWine(program, args, { cwd, env, stdout, stderr }), timeoutMs)
    return { ...ended, stdout: readFileSync(files.stdout, 'utf8'), stderr: readFileSync(files.stderr, 'utf8') }
  } finally {
    closeSync(stdout)
    closeSync(stderr)
    rmSync(directory, { recursive: true, force: true })
  }
}

/**
 * Waits for a process to end, and kills it when it takes longer.
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} timeoutMs
 * @returns {Promise<{ code: number | null, signal: string | null, timedOut: boolean }>}
 */
export function waitFor(child, timeoutMs) {
  return new Promise((resolve, reject) => {
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      child.kill('SIGKILL')
    }, timeoutMs)
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, timedOut })
    })
  })
}

/** Runs a program that must succeed, and returns its standard output. */
export async function mustRunWine(program, args = [], options = {}) {
  const { code, timedOut, stdout, stderr } = await runWine(program, args, options)
  if (code === 0) return stdout
  throw new Error(
    `${program} ${args.join(' ')} ${timedOut ? 'was stopped after too long' : `ended with exit code ${code}`}\n${stdout}${stderr}`,
  )
}

const wineServer = (option) => spawnSync('wineserver', [option], { env: wineEnvironment(), stdio: 'ignore' })

/** Keeps Wine's server running between programs, which start faster then. Whoever calls this calls stopWine() at the end. */
export function keepWineWarm() {
  mkdirSync(winePrefix, { recursive: true })
  wineServer('-p')
}

/** Ends every process of the prefix, and waits until the registry is on disk. */
export function stopWine() {
  wineServer('-k')
  wineServer('-w')
}
