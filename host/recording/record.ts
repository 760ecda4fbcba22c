// Opens a recorder: where it writes, what it reads, and that nobody else writes there.

import { lstatSync, type Stats } from 'node:fs'
import { hostname, release, type as systemName } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { defaultCaptureFolder } from '../captures/default-folder.ts'
import { RotatingCapture, type Rotation } from '../captures/rotation.ts'
import { type FindSid, withSids } from '../filter/accounts.ts'
import { parseFilter } from '../filter/parser.ts'
import type { Loss } from '../model/account.ts'
import { LONGEST_REST_MS } from '../model/defaults.ts'
import { MprtapError } from '../model/errors.ts'
import { invalidOption, readOptions } from '../model/options.ts'
import { redactedFilter } from '../redaction/redacted-filter.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { accounts, findSid } from '../system/accounts.ts'
import { systemClock } from '../system/clock.ts'
import { type FileLock, LockedError, lockFile } from '../system/file-lock.ts'
import { makeFolder } from '../system/make-folder.ts'
import { openSources } from '../tap/open-sources.ts'
import { type AccountNameOf, Recorder } from './recorder.ts'

const ENDING = '.pcapng'
const DEFAULT_NAME = 'mprtap'
/** What a NAME may be: it begins the names of files, and what follows it has to be told from it. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}._-]{0,99}$/u

export interface RecordOptions {
  /** Folders of rings, ring files and captures; none: this machine's rings. */
  readonly sources: readonly string[]
  /** `FOLDER/NAME.pcapng`: where files are made, and how their names begin. */
  readonly to?: string | undefined
  /** Only operations that match: a text in the filter language. */
  readonly filter?: string | undefined
  /** Names become pseudonyms; captures say so, and which key. */
  readonly redactor?: Redactor | undefined
  readonly rotation: Rotation
  /** Who an account is that the filter names. Default: as Windows says. */
  readonly findSid?: FindSid | undefined
  /** What an account is called, as far as that is known by now. Default: as Windows says. */
  readonly accountNameOf?: AccountNameOf | undefined
  readonly application: string
  /** Of the command line, for the section header. */
  readonly comment: string
  readonly signal: AbortSignal
  readonly tell: (text: string) => void
  readonly onFile: (path: string) => void
  /** Is called with each run of records that could not be recorded, and for what writers could not write. */
  readonly onLoss?: ((loss: Loss) => void) | undefined
}

/** An opened recorder; `close` lets go of its NAME. */
export interface OpenedRecorder {
  readonly recorder: Recorder
  close(): void
}

/**
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when it cannot be written there, or another recorder does; what the sources throw.
 */
export async function openRecorder(given: RecordOptions): Promise<OpenedRecorder> {
  const options = checkOptions(given)
  const { sources, rotation, filter, redactor, application, comment, signal, tell, onFile, onLoss } = options
  const asked = filter === undefined ? undefined : await withSids(parseFilter(filter, 'operation'), options.findSid ?? findSid)
  const expression = asked && redactor ? redactedFilter(redactor, asked) : asked
  const { folder, name } = placeOf(options.to)
  if (redactor && folder === defaultCaptureFolder())
    throw invalid(
      `Redacted captures do not belong into ${folder}: what is there is read together with this machine's rings, and would be read twice. Name another folder with --to.`,
    )
  const { finders } = await openSources(sources, { isLive: true, redactor }, systemClock, ({ text }) => tell(text))
  let lock: FileLock | undefined
  try {
    makeCaptureFolder(folder)
    const held = lockName(folder, name)
    lock = held
    const comments = redactor ? [redactor.text(comment), `redacted key=${redactor.keyId}`] : [comment]
    const os = `${systemName()} ${release()}`
    const capture = new RotatingCapture(
      folder,
      name,
      { application, os, comments, filter: redactor && filter ? 'redacted' : filter },
      rotation,
      () => systemClock.wall(),
    )
    if (capture.fault) tell(capture.fault)
    const settings = {
      finders,
      capture,
      host: redactor ? redactor.host(hostname()) : hostname(),
      redacted: redactor?.keyId,
      filter: expression,
      // A pseudonym has no account.
      accountNameOf: redactor ? () => undefined : (options.accountNameOf ?? ((sid) => accounts.nameOf(sid))),
      clock: systemClock,
      longestRestMs: LONGEST_REST_MS,
      signal,
      tell,
      onFile,
      onLoss,
    }
    return { recorder: new Recorder(settings), close: () => held.release() }
  } catch (error) {
    for (const finder of finders) finder.close?.()
    lock?.release()
    throw error
  }
}

const KNOWN = [
  'sources',
  'to',
  'filter',
  'redactor',
  'rotation',
  'findSid',
  'accountNameOf',
  'application',
  'comment',
  'signal',
  'tell',
  'onFile',
  'onLoss',
] as const satisfies readonly (keyof RecordOptions)[]

function checkOptions(given: RecordOptions): RecordOptions {
  const options = readOptions<RecordOptions>(given, KNOWN, 'openRecorder()')
  const { sources } = options
  if (!Array.isArray(sources) || !sources.every((source) => typeof source === 'string' && source !== ''))
    invalidOption('sources', sources, 'a list of paths')
  for (const name of ['to', 'filter'] as const) {
    const value: unknown = options[name]
    if (value !== undefined && (typeof value !== 'string' || value === '')) invalidOption(name, value, 'a text that is not empty')
  }
  for (const name of ['tell', 'onFile'] as const) if (typeof options[name] !== 'function') invalidOption(name, options[name], 'a function')
  return options
}

function placeOf(to: string | undefined): { readonly folder: string; readonly name: string } {
  if (to === undefined) return { folder: defaultCaptureFolder(), name: DEFAULT_NAME }
  const path = resolve(to)
  const name = basename(path).replace(/\.pcapng$/i, '')
  const status = statusOf(path)
  if (status?.isDirectory()) return { folder: path, name: DEFAULT_NAME }
  if (status) {
    const what = status.isFile() ? 'is there already, and a capture is never written into a file that exists' : 'is not a plain file'
    throw invalid(`${to} ${what}; name another one, or a folder.`)
  }
  if (!NAME.test(name)) throw invalid(`The captures cannot be called ${JSON.stringify(name)}; use letters, digits, ".", "_" and "-".`)
  return { folder: dirname(path), name }
}

function lockName(folder: string, name: string): FileLock {
  try {
    return lockFile(join(folder, `${name}.lock`))
  } catch (cause) {
    const where = join(folder, `${name}${ENDING}`)
    const text =
      cause instanceof LockedError
        ? `Another recorder writes captures called ${where}; stop it, or give this one another name with --to.`
        : notWritable(folder, cause)
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', text, { cause })
  }
}

function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (cause) {
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', notWritable(dirname(path), cause), { cause })
  }
}

function makeCaptureFolder(folder: string): void {
  try {
    makeFolder(folder, 0o700)
  } catch (cause) {
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', notWritable(folder, cause), { cause })
  }
}

function notWritable(folder: string, cause: unknown): string {
  return `Captures cannot be written to ${folder} (${(cause as NodeJS.ErrnoException).code}); name another folder with --to.`
}

function invalid(text: string): MprtapError {
  return new MprtapError('MPRTAP_INVALID_ARGUMENT', text)
}
