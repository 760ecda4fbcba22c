// Opens a recorder: where it writes, what it reads, and that nobody else writes there.

import { lstatSync, mkdirSync, statSync } from 'node:fs'
import { homedir, hostname, release, type as systemName } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { RotatingCapture, type Rotation } from './captures/rotation.ts'
import { MprtapError } from './model/errors.ts'
import type { Finder } from './model/source.ts'
import { LONGEST_REST_MS } from './reading/pace.ts'
import { Recorder } from './recorder.ts'
import { defaultFolder } from './rings/default-folder.ts'
import { RingFolder, RingPath } from './rings/finders.ts'
import { systemClock } from './system/clock.ts'
import { type FileLock, LockedError, lockFile } from './system/file-lock.ts'

const ENDING = '.pcapng'
const DEFAULT_NAME = 'mprtap'
/** What a NAME may be: it begins the names of files, and what follows it has to be told from it. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}._-]{0,99}$/u

export interface RecordOptions {
  /** Folders of rings and ring files; none: this machine's rings. */
  readonly sources: readonly string[]
  /** `FOLDER/NAME.pcapng`: where files are made, and how their names begin. */
  readonly to?: string | undefined
  readonly rotation: Rotation
  readonly application: string
  /** Of the command line, for the section header. */
  readonly comment: string
  readonly signal: AbortSignal
  readonly tell: (text: string) => void
  readonly onFile: (path: string) => void
}

/** An opened recorder; `close` lets go of its NAME. */
export interface OpenedRecorder {
  readonly recorder: Recorder
  close(): void
}

/**
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when it cannot be written there, or another recorder does; what the sources throw.
 */
export function openRecorder(options: RecordOptions): OpenedRecorder {
  const { sources, rotation, application, comment, signal, tell, onFile } = options
  const { folder, name } = placeOf(options.to)
  const finders = findersOf(sources, tell)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = lockName(folder, name)
  try {
    const os = `${systemName()} ${release()}`
    const capture = new RotatingCapture(folder, name, { application, os, comments: [comment] }, rotation, () => systemClock.wall())
    const settings = { finders, capture, host: hostname(), clock: systemClock, longestRestMs: LONGEST_REST_MS, signal, tell, onFile }
    return { recorder: new Recorder(settings), close: () => lock.release() }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** The folder that captures are kept in when nobody names one. */
export function defaultCaptureFolder(): string {
  const { LOCALAPPDATA, XDG_STATE_HOME } = process.env
  if (process.platform === 'win32') return join(LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'mprtap', 'captures')
  return join(XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'mprtap', 'captures')
}

function placeOf(to: string | undefined): { readonly folder: string; readonly name: string } {
  if (to === undefined) return { folder: defaultCaptureFolder(), name: DEFAULT_NAME }
  const path = resolve(to)
  const name = basename(path).replace(/\.pcapng$/i, '')
  const status = lstatSync(path, { throwIfNoEntry: false })
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
        : `Captures cannot be written to ${folder} (${(cause as NodeJS.ErrnoException).code}); name another folder with --to.`
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', text, { cause })
  }
}

function findersOf(sources: readonly string[], tell: (text: string) => void): Finder[] {
  if (sources.length > 0) return sources.map((path) => (isFolder(path) ? new RingFolder(path, systemClock, tell) : new RingPath(path)))
  return [new RingFolder(defaultFolder(), systemClock, tell)]
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function invalid(text: string): MprtapError {
  return new MprtapError('MPRTAP_INVALID_ARGUMENT', text)
}
