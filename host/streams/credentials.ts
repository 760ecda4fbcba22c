// Credentials come from files, never from a command line or a URL, which show in lists of processes.

import { MprtapError } from '../model/errors.ts'
import { readChecked } from '../system/open-for-reading.ts'

/** Bytes of a file with credentials. */
const CREDENTIALS_MAX = 64 * 1024

/** Paths of files; what they hold is read at every connect, so that a new file counts without a restart. */
export interface Credentials {
  /** A .creds file, an nkey seed, or a token. */
  readonly credentials?: string | undefined
  /** Certificates of those who may sign the server's, PEM. */
  readonly ca?: string | undefined
  /** The client's own certificate and its key, PEM. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** Where the paths of files with credentials stand for what reads streams: there may be several streams, and the paths are not in their names. */
export function credentialsOfEnvironment({ env } = process): Credentials {
  const { MPRTAP_CREDENTIALS, MPRTAP_CA, MPRTAP_CERT, MPRTAP_KEY } = env
  return {
    credentials: MPRTAP_CREDENTIALS || undefined,
    ca: MPRTAP_CA || undefined,
    cert: MPRTAP_CERT || undefined,
    key: MPRTAP_KEY || undefined,
  }
}

/**
 * What a file with credentials holds: a plain file of bounded size.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT.
 */
export function readCredentials(path: string): Buffer {
  try {
    return readChecked(path, (status) => {
      if (!status.isFile()) return invalid(`${path} is not a plain file; credentials are read from files only.`)
      const isOfSize = status.size > 0 && status.size <= CREDENTIALS_MAX
      return isOfSize ? undefined : invalid(`${path} has ${status.size} bytes; no file with credentials has.`)
    })
  } catch (cause) {
    if (cause instanceof MprtapError) throw cause
    throw invalid(`The file with credentials ${path} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, cause)
  }
}

function invalid(message: string, cause?: unknown): MprtapError {
  return new MprtapError('MPRTAP_INVALID_ARGUMENT', message, { cause })
}
