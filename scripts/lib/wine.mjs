// Running Windows programs under Wine, in prefixes of our own below build/. No display is needed.
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inBuild } from './paths.mjs'

/** How long a server that was kept warm outlives its last program. */
const warmSeconds = 60

/** The path by which a Windows program reaches a Linux path. */
export const toWindowsPath = (path) => `Z:${path.replaceAll('/', '\\')}`

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Record<string, string>} [env] added to the environment
 * @property {number} [timeoutMs] the program is killed after so long; a minute unless told
 */

/**
 * One prefix and the way to run programs in it.
 * @param {object} options
 * @param {string} options.prefix the prefix's path
 * @param {'win64' | 'win32'} options.kind
 * @param {(program: string, args: string[]) => [string, string[]]} [options.enter] turns a command into one that runs where Wine is
 */
export function wineAt({ prefix, kind, enter = (program, args) => [program, args] }) {
  const driveC = join(prefix, 'drive_c')
  const mprtapDirectory = join(driveC, 'ProgramData', 'mprtap')

  function environment(extra = {}) {
    const result = { ...process.env, WINEPREFIX: prefix, WINEARCH: kind, WINEDEBUG: '-all', LC_ALL: 'C.UTF-8', ...extra }
    delete result.DISPLAY
    return result
  }

  /**
   * Starts a program and returns its process at once. Its output must go to files or be ignored: Wine's server inherits the descriptors
   * of whoever starts it first, so that a pipe would stay open after the program ended.
   * @param {string} program a Windows program, by Linux path or by name
   * @param {string[]} args
   * @param {{ cwd?: string, env?: Record<string, string>, stdout?: number, stderr?: number }} [options] open descriptors, or ignored
   */
  function spawnProgram(program, args, { cwd, env, stdout, stderr } = {}) {
    const [command, commandArgs] = enter('wine', [program, ...args])
    return spawn(command, commandArgs, { cwd, env: environment(env), stdio: ['ignore', stdout ?? 'ignore', stderr ?? 'ignore'] })
  }

  /**
   * Runs a program to its end.
   * @param {string} program a Windows program, by Linux path or by name
   * @param {string[]} [args]
   * @param {RunOptions} [options]
   * @returns {Promise<{ code: number | null, signal: string | null, timedOut: boolean, stdout: string, stderr: string }>} the exit code is its
   *   low 8 bits; null when a signal ended it
   */
  async function run(program, args = [], { cwd, env, timeoutMs = 60_000 } = {}) {
    mkdirSync(inBuild('wine'), { recursive: true })
    const directory = mkdtempSync(inBuild('wine', 'output-'))
    const files = { stdout: join(directory, 'stdout'), stderr: join(directory, 'stderr') }
    const stdout = openSync(files.stdout, 'w')
    const stderr = openSync(files.stderr, 'w')
    try {
      const ended = await waitFor(spawnProgram(program, args, { cwd, env, stdout, stderr }), timeoutMs)
      return { ...ended, stdout: readFileSync(files.stdout, 'utf8'), stderr: readFileSync(files.stderr, 'utf8') }
    } finally {
      closeSync(stdout)
      closeSync(stderr)
      rmSync(directory, { recursive: true, force: true })
    }
  }

  /** Runs a program that must succeed, and returns its standard output. */
  async function mustRun(program, args = [], options = {}) {
    const { code, timedOut, stdout, stderr } = await run(program, args, options)
    if (code === 0) return stdout
    throw new Error(
      `${program} ${args.join(' ')} ${timedOut ? 'was stopped after too long' : `ended with exit code ${code}`}\n${stdout}${stderr}`,
    )
  }

  function server(option) {
    const [command, args] = enter('wineserver', [option])
    spawnSync(command, args, { env: environment(), stdio: 'ignore' })
  }

  /**
   * Keeps Wine's server running between programs, which start faster then. The caller calls stop() at the end; should it be
   * killed before, the server ends by itself.
   */
  function keepWarm() {
    mkdirSync(prefix, { recursive: true })
    server(`-p${warmSeconds}`)
  }

  /** Ends every process of the prefix, and waits until the registry is on disk. */
  function stop() {
    server('-k')
    server('-w')
  }

  return {
    prefix,
    driveC,
    system32: join(driveC, 'windows', 'system32'),
    mprtapDirectory,
    /** Where the notifyee writes. Every process of a Wine prefix is elevated, so rings are in `administrators`. */
    ringDirectory: join(mprtapDirectory, 'administrators'),
    spawn: spawnProgram,
    run,
    mustRun,
    keepWarm,
    stop,
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

/** The prefix of the ordinary, 64-bit tests; and what it offers under names of their own. */
export const wine64 = wineAt({ prefix: inBuild('wine', 'prefix'), kind: 'win64' })
export const { ringDirectory, mprtapDirectory, system32, driveC } = wine64
export const { run: runWine, mustRun: mustRunWine, spawn: spawnWine, keepWarm: keepWineWarm, stop: stopWine } = wine64
