// The file of a key that pseudonyms are made with: one line of text.
//
//      mprtap-redaction-key-1 0123…cdef        64 hexadecimal digits: 32 bytes

import { createHash, randomBytes } from 'node:crypto'
import { closeSync, fstatSync, readSync, writeFileSync } from 'node:fs'
import { MprtapError } from '../model/errors.ts'
import { openForReading } from '../system/open-for-reading.ts'

const KEY_SIZE = 32
const LINE = /^mprtap-redaction-key-1 ([0-9a-f]{64})\r?\n?$/
const LENGTH_MAX = 256

/** A key, and what names it in public: nothing can be found out about the key from its id. */
export interface RedactionKey {
  readonly bytes: Uint8Array
  /** 16 hexadecimal digits. */
  readonly id: string
}

/**
 * Makes a key file that only its owner may read.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when there is a file of that name, or none can be made.
 */
export function makeKeyFile(path: string): RedactionKey {
  const bytes = randomBytes(KEY_SIZE)
  try {
    writeFileSync(path, `mprtap-redaction-key-1 ${bytes.toString('hex')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'EEXIST' ? 'there is a file of that name; to use its key give --redact' : code
    throw invalid(`The key file cannot be made (${why}).`, cause)
  }
  return keyOf(bytes)
}

/** @throws MprtapError MPRTAP_INVALID_ARGUMENT when it cannot be read or is not a key file. */
export function readKeyFile(path: string): RedactionKey {
  const [, digits] = LINE.exec(textOf(path)) ?? []
  if (digits === undefined) throw invalid('The key file is not one that --redact-new makes; name another file, or make one.')
  return keyOf(Buffer.from(digits, 'hex'))
}

function textOf(path: string): string {
  let fd: number | undefined
  try {
    fd = openForReading(path)
    if (!fstatSync(fd).isFile()) throw invalid('The key file is not a plain file.')
    const bytes = Buffer.alloc(LENGTH_MAX)
    return bytes.toString('latin1', 0, readSync(fd, bytes, 0, LENGTH_MAX, 0))
  } catch (cause) {
    if (cause instanceof MprtapError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    throw invalid(`The key file cannot be read (${code === 'ENOENT' ? 'there is no such file; --redact-new makes one' : code}).`, cause)
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function keyOf(bytes: Uint8Array): RedactionKey {
  return { bytes, id: createHash('sha256').update('mprtap redaction key id\0').update(bytes).digest('hex').slice(0, 16) }
}

function invalid(text: string, cause?: unknown): MprtapError {
  return new MprtapError('MPRTAP_INVALID_ARGUMENT', text, { cause })
}
