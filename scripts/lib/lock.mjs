// What only one process of a clone may do at a time: `npm start` and `npm test` may be started side by side.
//   setup    making the clone ready
//   wine     running programs in the Wine prefix, with one server and one ring directory
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { buildDirectory, inBuild } from './paths.mjs'

const sayAfterMs = 2000

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function tryToTake(lockFile) {
  mkdirSync(buildDirectory, { recursive: true })
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    return false
  }
}

/** Removes a lock whose process is gone. */
function dropStaleLock(lockFile) {
  try {
    const holder = Number(readFileSync(lockFile, 'utf8'))
    // 0: its process has made the file and not yet written into it.
    if (holder > 0 && !isAlive(holder)) rmSync(lockFile, { force: true })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

/**
 * Waits until this process alone has the lock.
 * @param {'setup' | 'wine'} name
 * @returns {Promise<() => void>} gives it back
 */
export async function take(name) {
  const lockFile = inBuild(`${name}.lock`)
  const say = setTimeout(() => process.stderr.write(`waiting for another program of this clone (build/${name}.lock)\n`), sayAfterMs)
  while (!tryToTake(lockFile)) {
    dropStaleLock(lockFile)
    await delay(50)
  }
  clearTimeout(say)
  return () => rmSync(lockFile, { force: true })
}

/**
 * Runs `work` while no other process has the lock.
 * @template T
 * @param {'setup' | 'wine'} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function alone(name, work) {
  const release = await take(name)
  try {
    return await work()
  } finally {
    release()
  }
}
