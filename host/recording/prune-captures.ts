// One user's records out of the captures of folders: what `mprtap prune --user` does with captures. A capture that a recorder writes is left alone.

import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { PACKET_NAME } from '../../format/capture-layout.ts'
import { captureNameOf, isCaptureName } from '../captures/capture-names.ts'
import { CAPTURE_ENDED, CAPTURE_PACKET, CAPTURE_WAITS, CaptureReader } from '../captures/capture-reader.ts'
import { openInput } from '../captures/file-input.ts'
import { forgetUser } from '../captures/forget-user.ts'
import { decodeName } from '../captures/packet.ts'
import type { StopSignal } from '../model/stop-signal.ts'
import { type FileLock, LockedError, lockFile } from '../system/file-lock.ts'

/**
 * `rewritten`: the others' records stay; `removed`: it had nothing else; `removable`: one of the two, but for `dryRun`; `recorded`: a recorder writes it;
 * `refused`: it cannot be carried over, and is as it was; `failed`: it could not be read or written.
 */
export type PrunedCaptureOutcome = 'rewritten' | 'removed' | 'removable' | 'recorded' | 'refused' | 'failed'

export interface PrunedCapture {
  readonly path: string
  readonly outcome: PrunedCaptureOutcome
  /** Records of this user that it had, or has. */
  readonly records: number
  /** Why it is as it was. */
  readonly reason: string | undefined
}

/** The captures of folders, sorted. A folder that is not there has none. @throws Node's system errors when one cannot be listed. */
export function capturesOf(folders: readonly string[]): string[] {
  return [...new Set(folders)].flatMap((folder) => {
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .filter(isCaptureName)
      .map((name) => join(folder, name))
      .sort()
  })
}

/** The SIDs of accounts that captures call by this name, in whatever case: `CORP\berger`, or `berger` of any domain. Captures that cannot be read say nothing. */
export async function sidsInCaptures(paths: readonly string[], account: string): Promise<Set<string>> {
  const wanted = account.toUpperCase()
  const sids = new Set<string>()
  const isWanted = (name: string) => [name, name.slice(name.indexOf('\\') + 1)].some((form) => form.toUpperCase() === wanted)
  for (const path of paths) {
    if (!isPlain(path)) continue
    const reader = new CaptureReader(openInput(path))
    try {
      for (let read = reader.next(); read !== CAPTURE_ENDED; read = reader.next()) {
        if (read === CAPTURE_WAITS) await reader.wait()
        else if (read === CAPTURE_PACKET && reader.kind === PACKET_NAME) {
          const name = decodeName(reader.bytes.subarray(reader.start, reader.end))
          if (name && isWanted(name.name)) sids.add(name.sid)
        }
      }
    } finally {
      reader.close()
    }
  }
  return sids
}

/**
 * Takes the records of this user out of captures that have any, and tells what became of each of those.
 * @param signal ends the work after the capture at hand.
 */
export async function pruneCaptures(
  paths: readonly string[],
  sid: string,
  { dryRun = false, signal }: { readonly dryRun?: boolean | undefined; readonly signal?: StopSignal | undefined },
): Promise<PrunedCapture[]> {
  const recorders = new Recorders(paths)
  const pruned: PrunedCapture[] = []
  try {
    for (const path of paths) {
      if (signal?.aborted) break
      const found = await prune(path, sid, dryRun, recorders)
      if (found) pruned.push({ path, records: 0, reason: undefined, ...found })
    }
  } finally {
    recorders.release()
  }
  return pruned
}

type Found = Pick<PrunedCapture, 'outcome'> & Partial<PrunedCapture>

async function prune(path: string, sid: string, dryRun: boolean, recorders: Recorders): Promise<Found | undefined> {
  try {
    if (!isPlain(path)) return { outcome: 'refused', reason: 'it is not a plain file under one name, and was not looked into' }
    const isRecorded = recorders.isWriting(path)
    const { outcome, records, refusal } = await forgetUser(path, sid, dryRun || isRecorded)
    switch (outcome) {
      case 'none':
        return undefined
      case 'refused':
        return { outcome, records, reason: `it ${refusal}, so nothing in it was changed` }
      case 'changed':
        return { outcome: 'failed', records, reason: 'it was changed meanwhile; run this once more' }
      default:
        if (isRecorded) return { outcome: 'recorded', records, reason: 'a recorder writes it; run this once more when that one has ended' }
        return { outcome: dryRun ? 'removable' : outcome, records }
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { outcome: 'failed', reason: code && !message.includes(path) ? code : message }
  }
}

function isPlain(path: string): boolean {
  const status = lstatSync(path)
  return status.isFile() && status.nlink === 1
}

/** Who records at present: the newest capture of a NAME is written as long as its recorder has the lock. */
class Recorders {
  readonly #locks: FileLock[] = []
  readonly #written = new Set<string>()

  /** Locks each NAME that no recorder has, so that none begins meanwhile. */
  constructor(paths: readonly string[]) {
    const newest = new Map<string, { readonly path: string; readonly number: number }>()
    for (const path of paths) {
      const { stem, number } = captureNameOf(path) ?? {}
      if (stem !== undefined && number !== undefined && number > (newest.get(stem)?.number ?? -1)) newest.set(stem, { path, number })
    }
    for (const [stem, { path }] of newest) {
      // Each recorder leaves one in its folder.
      if (!existsSync(`${stem}.lock`)) continue
      try {
        this.#locks.push(lockFile(`${stem}.lock`))
      } catch (error) {
        if (!(error instanceof LockedError)) throw error
        this.#written.add(path)
      }
    }
  }

  isWriting(path: string): boolean {
    return this.#written.has(path)
  }

  release(): void {
    for (const lock of this.#locks.splice(0)) lock.release()
  }
}
