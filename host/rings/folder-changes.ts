// Whether files may have come or gone, without listing anything: a folder's own times tell.

import { statSync } from 'node:fs'

/** A change may leave no trace in times that were as new as this when they were read, ms: FAT counts in steps of two seconds. */
const FRESH_MS = 2000
/** Once in a while the answer is yes in any case, ms: not every file system keeps a folder's times. */
const AGAIN_MS = 60_000

export class FolderChanges {
  readonly #folders: readonly string[]
  #seen = ''
  #wasFresh = false
  #dueAt = 0

  constructor(folders: readonly string[]) {
    this.#folders = folders
  }

  /**
   * Whether names in the folders may have come, gone or been given to other files since the last time that this was asked. Ask before
   * looking: what changes meanwhile is then seen next time.
   * @param now a monotonic clock, ms. @param wallTime epoch ms, as the file system has it.
   */
  since(now: number, wallTime: number): boolean {
    const facts = this.#folders.map(factsOf)
    const seen = facts.map((fact) => fact.text).join()
    const isNews = seen !== this.#seen || this.#wasFresh || now >= this.#dueAt
    this.#seen = seen
    this.#wasFresh = facts.some((fact) => fact.changedAt > wallTime - FRESH_MS)
    if (isNews) this.#dueAt = now + AGAIN_MS
    return isNews
  }
}

/** A folder in a word, and when it changed last, epoch ms. One that will not tell has always changed just now. */
function factsOf(folder: string): { text: string; changedAt: number } {
  try {
    const status = statSync(folder, { throwIfNoEntry: false })
    if (!status) return { text: 'none', changedAt: 0 }
    const { dev, ino, mtimeMs, ctimeMs } = status
    return { text: `${dev}:${ino}:${mtimeMs}:${ctimeMs}`, changedAt: Math.max(mtimeMs, ctimeMs) }
  } catch {
    return { text: 'closed', changedAt: Number.POSITIVE_INFINITY }
  }
}
