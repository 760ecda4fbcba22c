// Running programs, and knowing whether what they made is still up to date.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Runs a program to its end and resolves with what it printed. Rejects, with the output in the error's text, when it fails.
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<string>}
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let output = ''
    child.stdout?.on('data', (chunk) => {
      output += chunk
    })
    child.stderr?.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${program} ${args.join(' ')}\nended with ${signal ?? `exit code ${code}`}\n${output.slice(-4000)}`))
    })
  })
}

/**
 * A hash over texts and over the contents of files.
 * @param {string[]} texts
 * @param {string[]} files
 */
export function fingerprint(texts, files) {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text).update('\0')
  for (const file of files) hash.update(file).update(readFileSync(file))
  return hash.digest('hex')
}

/**
 * Calls `make` unless the stamp says that it already ran with this fingerprint. The stamp is written last, so an interrupted run is repeated.
 * @param {string} stamp path of the stamp file
 * @param {string} wanted
 * @param {() => Promise<unknown>} make
 * @returns {Promise<boolean>} whether it was made now
 */
export async function unlessFresh(stamp, wanted, make) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return false
  rmSync(stamp, { force: true })
  await make()
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, wanted)
  return true
}
