// What only one process of a clone may do at a time: `npm start` and `npm test` may be started side by side.
//   setup    making the clone ready
//   wine     running programs in the Wine prefix, with one server and one folder of rings
//
// The lock is a name on which its holder listens. The system gives it to one process and takes it back when that process ends, however it
// ends: no file can be left over, and nobody can delete it while it is held. A waiting process is connected to the holder.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { root } from './paths.mjs'

const sayAfterMs = 2000

/** Linux has names that are in no file system (unix(7), "abstract"), Windows has named pipes. Elsewhere only set-up runs, and npm copes. */
function addressOf(name) {
  const id = `mprtap-${createHash('sha256').update(root).digest('hex').slice(0, 16)}-${name}`
  if (process.platform === 'linux') return `\0${id}`
  return process.platform === 'win32' ? `\\\\.\\pipe\\${id}` : undefined
}

/** Listens; undefined when another process does. */
async function tryToListen(address) {
  const waiting = new Set()
  const server = createServer((socket) => {
    waiting.add(
      socket
        .unref()
        .on('error', () => {})
        .on('close', () => waiting.delete(socket)),
    )
  })
  server.listen(address)
  try {
    await once(server, 'listening')
  } catch (error) {
    if (error.code === 'EADDRINUSE') return undefined
    throw error
  }
  // The lock keeps no process alive.
  server.unref()
  return () => {
    server.close()
    for (const socket of waiting) socket.destroy()
  }
}

/** Resolves when the holder gives the lock back or ends. */
function untilGivenBack(address) {
  return new Promise((resolve) => {
    connect(address)
      .on('error', () => {}) // it has ended: the connection closes
      .on('close', resolve)
      .resume()
  })
}

/**
 * Waits until this process alone has the lock.
 * @param {'setup' | 'wine'} name
 * @returns {Promise<() => void>} gives it back
 */
export async function take(name) {
  const address = addressOf(name)
  if (!address) return () => {}
  const say = setTimeout(() => process.stderr.write(`waiting for another program of this clone (${name})\n`), sayAfterMs)
  try {
    for (;;) {
      const release = await tryToListen(address)
      if (release) return release
      await untilGivenBack(address)
    }
  } finally {
    clearTimeout(say)
  }
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
