// The files of a recorder: NAME-<UTC start>-<n>.pcapng, for example logons-20260105T080000Z-1.pcapng.

import { readdirSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

export interface CaptureName {
  readonly path: string
  /** Counts the files of this NAME, from 1. */
  readonly number: number
}

const ENDING = /-(\d{8}T\d{6}Z)-(\d{1,15})\.pcapng$/
const TAIL = new RegExp(`^${ENDING.source}`)

/** Whether a file of this name is taken for a capture where a folder is looked through. */
export function isCaptureName(name: string): boolean {
  return /\.pcapng(?:\.gz)?$/i.test(name)
}

/** @param startMs ms since 1970. */
export function captureFileName(name: string, startMs: number, number: number): string {
  const start = new Date(startMs).toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '')
  return `${name}-${start}-${number}.pcapng`
}

/** Of a recorder's file: its folder and NAME as one path, and its number. */
export function captureNameOf(path: string): { readonly stem: string; readonly number: number } | undefined {
  const [tail, , number] = ENDING.exec(path) ?? []
  return tail === undefined ? undefined : { stem: path.slice(0, -tail.length), number: Number(number) }
}

/** The files of this NAME in a folder, the oldest first. A folder that is not there has none. @throws Node's system errors. */
export function capturesNamed(folder: string, name: string): CaptureName[] {
  const captures: CaptureName[] = []
  for (const file of namesIn(folder)) {
    const number = file.startsWith(name) ? TAIL.exec(file.slice(name.length))?.[2] : undefined
    if (number !== undefined && Number.isSafeInteger(Number(number))) captures.push({ path: join(folder, file), number: Number(number) })
  }
  return captures.sort((a, b) => a.number - b.number)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Which closed files are not to be kept. */
export interface Retention {
  /** How many closed files of this NAME stay. */
  readonly keep?: number | undefined
  /** How long a file stays after it was written to last, ms. */
  readonly keepForMs?: number | undefined
}

/**
 * Removes closed files of this NAME that are not to be kept. The newest closed one always stays: a restart takes its position from it.
 *
 * @param current the file that is being written.
 * @returns a sentence for each that could not be removed.
 */
export function removeOldCaptures(folder: string, name: string, current: string, nowMs: number, { keep, keepForMs }: Retention): string[] {
  const closed = capturesNamed(folder, name).filter(({ path }) => path !== current)
  const complaints: string[] = []
  for (const [i, { path }] of closed.entries()) {
    const newer = closed.length - 1 - i
    try {
      const isOld = keepForMs !== undefined && nowMs - statSync(path).mtimeMs > keepForMs
      if (newer > 0 && (isOld || (keep !== undefined && newer >= keep))) unlinkSync(path)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT') complaints.push(`${path} cannot be removed (${code}); it is kept for now.`)
    }
  }
  return complaints
}
