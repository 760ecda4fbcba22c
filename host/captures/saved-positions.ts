// Where a recorder stands in each ring, in a small file beside its captures: NAME.positions.json. As long as there are captures they say it better; the
// file is for the day when somebody has moved them all away. It knows file ids and numbers, and no names.

import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { isCount, isHexadecimal16 } from '../model/saved-values.ts'
import { readChecked } from '../system/open-for-reading.ts'

const FORMAT = 1
const BYTES_MAX = 1 << 22
/** Rings that are remembered; those that were not recorded for longest go first. */
const RINGS_MAX = 8192

export interface SavedPosition {
  /** The sequence that comes next. */
  readonly position: number
  /** Checksum of the record before it; 0: not known. */
  readonly lastChecksum: bigint
}

interface Line {
  readonly fileId: string
  readonly next: number
  readonly lastChecksum: string
}

export class SavedPositions {
  /** Why there are none although there is a file, as a sentence. */
  readonly fault: string | undefined
  readonly #path: string
  #positions = new Map<string, SavedPosition>()
  #text = ''

  constructor(path: string) {
    this.#path = path
    try {
      this.#positions = parse(readText(path))
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT')
        this.fault = `${path} cannot be read (${code ?? message}); rings that no capture beside it knows are recorded from their oldest record.`
    }
  }

  /** Where recording of this ring file goes on. */
  get(fileId: string): SavedPosition | undefined {
    return this.#positions.get(fileId)
  }

  /**
   * Saves where the rings stand, if that is news. A position that cannot be saved is saved the next time: until then the captures say it.
   * @param rings by file id.
   */
  save(rings: ReadonlyMap<string, SavedPosition>): void {
    for (const [fileId, { position, lastChecksum }] of rings) {
      if (this.#positions.get(fileId)?.position === position) continue
      this.#positions.delete(fileId)
      this.#positions.set(fileId, { position, lastChecksum })
    }
    while (this.#positions.size > RINGS_MAX) this.#positions.delete(this.#positions.keys().next().value!)
    const text = textOf(this.#positions)
    if (text === this.#text) return
    const temporary = `${this.#path}.new`
    try {
      // A name that others cannot have put there before.
      rmSync(temporary, { force: true })
      writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 })
      renameSync(temporary, this.#path)
      this.#text = text
    } catch {
      rmSync(temporary, { force: true })
    }
  }
}

function readText(path: string): string {
  const bytes = readChecked(path, (status) => {
    if (!status.isFile()) return new Error('it is not a plain file')
    return status.size > BYTES_MAX ? new Error('it is too large') : undefined
  })
  return bytes.toString('utf8')
}

function textOf(positions: ReadonlyMap<string, SavedPosition>): string {
  const rings: Line[] = Array.from(positions, ([fileId, { position, lastChecksum }]) => {
    return { fileId, next: position, lastChecksum: lastChecksum.toString(16).padStart(16, '0') }
  })
  return `${JSON.stringify({ format: FORMAT, rings })}\n`
}

/** @throws Error when it is not what textOf() makes. */
function parse(text: string): Map<string, SavedPosition> {
  const { format, rings } = JSON.parse(text) as { readonly format: number; readonly rings: readonly Line[] }
  if (format !== FORMAT || !Array.isArray(rings) || !rings.every(isLine)) throw new Error('it is damaged, or of another version')
  return new Map(
    rings.map(({ fileId, next, lastChecksum }: Line) => [fileId, { position: next, lastChecksum: BigInt(`0x${lastChecksum}`) }]),
  )
}

function isLine(line: Partial<Line> | null): boolean {
  const { fileId, next, lastChecksum } = line ?? {}
  return isHexadecimal16(fileId) && isHexadecimal16(lastChecksum) && isCount(next)
}
