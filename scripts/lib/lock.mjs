// One set-up at a time in a clone: `npm start` and `npm test` may be started side by side.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { buildDirectory, inBuild } from './paths.mjs'

const lockFile = inBuild('setup.lock')

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function tryToTake() {
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
function dropStaleLock() {
  try {
    const holder = Number(readFileSync(lockFile, 'utf8'))
    // 0: its process has made the file and not yet written into it.
    if (holder > 0 && !isAlive(holder)) rmSync(lockFile, { force: true })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

/**
 * Runs `work` while no other process does so in this clone.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function alone(work) {
  while (!tryToTake()) {
    dropStaleLock()
    await delay(50)
  }
  try {
    return await work()
  } finally {
    rmSync(lockFile, { force: true })
  }
}
