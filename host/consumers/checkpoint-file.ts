// A named consumer's checkpoint file: one JSON object, replaced as a whole. docs/consumers.md says what its fields mean.

import { renameSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import type { Position } from '../model/checkpoint.ts'
import type { Tell } from '../model/diagnostic.ts'
import { MprtapError } from '../model/errors.ts'
import { isCount, isHexadecimal16 } from '../model/saved-values.ts'
import { shortageOf } from '../model/shortage.ts'
import { systemClock } from '../system/clock.ts'
import { readChecked } from '../system/open-for-reading.ts'

const FORMAT = 1
const BYTES_MAX = 1 << 26
/** Why a file is not read, in words. */
const NOT_READ: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder',
  EINVAL: 'it is not a plain file',
  EFBIG: `it has more than ${BYTES_MAX / 2 ** 20} MiB`,
  ELOOP: 'links lead back to it',
}
/** On Windows a virus scanner may hold the file for a moment. */
const REPLACE_ATTEMPTS = 10
const REPLACE_PAUSE_MS = 20

const TOTALS = ['delivered', 'overrun', 'abandoned', 'late', 'corrupt', 'rewinds'] as const
/** Fields that checkpoint files of earlier versions do not have. */
const WRITERS = ['gaveUp', 'faults'] as const

/** Why the content of a file is not taken. */
export interface ContentFault {
  readonly fault: string
}

/**
 * Reads a checkpoint file. If it cannot be understood, it is set aside: to begin anew with the oldest records repeats some and loses none.
 * @throws MprtapError MPRTAP_CONSUMER when it cannot be read or set aside, or a newer mprtap wrote it.
 */
export function readCheckpointFile(path: string, tell: Tell): Position[] {
  return readKept(path, tell, checkpointIn)?.rings ?? []
}

/**
 * The same of any file that keeps positions beside something else; `undefined`: there is none.
 * @param contentOf what a JSON value says
 */
export function readKept<Content extends object>(
  path: string,
  tell: Tell,
  contentOf: (found: unknown) => Content | ContentFault | 'newer',
): Content | undefined {
  let text: string
  try {
    text = readBounded(path)
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    const why = shortageOf(cause) ?? NOT_READ[code] ?? code
    const message = `The checkpoint file ${path} cannot be read (${why}); see what it is, or keep checkpoints in another folder.`
    throw new MprtapError('MPRTAP_CONSUMER', message, { cause })
  }
  const content = parsed(text, contentOf)
  if (content === 'newer')
    throw new MprtapError('MPRTAP_CONSUMER', `The checkpoint file ${path} was written by a newer mprtap; use that one.`)
  if (!('fault' in content)) return content
  const { fault } = content
  const aside = `${path}.unreadable-${systemClock.wall()}`
  try {
    renameSync(path, aside)
  } catch (cause) {
    throw new MprtapError('MPRTAP_CONSUMER', `The checkpoint file ${path} cannot be understood (${fault}) nor set aside; move it away.`, {
      cause,
    })
  }
  const said = `The checkpoint file ${path} cannot be understood (${fault}); it was set aside as ${aside}, reading begins with the oldest records.`
  tell({ code: 'checkpoint-set-aside', path, text: said })
  return undefined
}

/**
 * The text of a plain file of bounded size; it reads no other file, and waits for none.
 * @throws Node's system errors: EISDIR, EINVAL for what is not a plain file, EFBIG.
 */
export function readBounded(path: string): string {
  const bytes = readChecked(path, (status) => {
    const code = status.isDirectory() ? 'EISDIR' : !status.isFile() ? 'EINVAL' : status.size > BYTES_MAX ? 'EFBIG' : undefined
    return code && Object.assign(new Error(`${path} is not a checkpoint file`), { code })
  })
  return bytes.toString('utf8')
}

/** What a checkpoint file says: the positions, why it says nothing, or that a newer mprtap wrote it. */
export function parseCheckpoint(text: string): { readonly rings: Position[] } | ContentFault | 'newer' {
  return parsed(text, checkpointIn)
}

function parsed<Content>(text: string, contentOf: (found: unknown) => Content): Content | ContentFault {
  try {
    return contentOf(JSON.parse(text))
  } catch (error) {
    return { fault: (error as Error).message }
  }
}

/** The positions in what JSON has. */
export function checkpointIn(found: unknown): { readonly rings: Position[] } | ContentFault | 'newer' {
  const { format, rings } = found as { format: number; rings: Position[] }
  if (format > FORMAT) return 'newer'
  const isGood = format === FORMAT && Array.isArray(rings) && rings.every(isPosition)
  return isGood ? { rings } : { fault: 'it is not a checkpoint file' }
}

function isPosition({ path, fileId, next, waiting, totals, writers, last }: Partial<Position>): boolean {
  return (
    typeof path === 'string' &&
    isHexadecimal16(fileId) &&
    isCount(next) &&
    Array.isArray(waiting) &&
    waiting.every(isCount) &&
    totals !== undefined &&
    TOTALS.every((name) => isCount(totals[name])) &&
    WRITERS.every((name) => totals[name] === undefined || isCount(totals[name])) &&
    (writers === undefined || (writers !== null && WRITERS.every((name) => isCount(writers[name])))) &&
    (last === undefined || /^[0-9a-f]{32}$/.test(last))
  )
}

/** The text of the file: complete, and the same for the same state. @param more what else it keeps, which people do not read */
export function checkpointText(consumer: string, rings: readonly Position[], more?: object): string {
  return `${JSON.stringify({ format: FORMAT, consumer, rings, ...more }, undefined, more ? 0 : 1)}\n`
}

/** Replaces the file: after a crash at any moment there is the old text or the new one. Only one process may call this for a path. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`
  await rm(temporary, { force: true })
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await renameOver(temporary, path)
  } catch (error) {
    // On a full disk it would take up the last of the room.
    await rm(temporary, { force: true })
    throw error
  }
}

async function renameOver(from: string, path: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, path)
    } catch (error) {
      const isBusy = ['EACCES', 'EPERM', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '')
      if (!isBusy || attempt === REPLACE_ATTEMPTS) throw error
      await systemClock.sleep(REPLACE_PAUSE_MS)
    }
  }
}
