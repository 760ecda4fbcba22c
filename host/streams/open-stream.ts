// Streams for openSources(). It brings the library that speaks with the engine, so it is loaded when a stream is named.

import type { Clock } from '../model/clock.ts'
import type { Credentials } from './credentials.ts'
import { StreamSet } from './stream-set.ts'

/** Where the paths of files with credentials stand for what reads streams: there may be several streams, and they are no part of their names. */
function credentials({ env }: NodeJS.Process): Credentials {
  const { MPRTAP_CREDENTIALS, MPRTAP_CA, MPRTAP_CERT, MPRTAP_KEY } = env
  return {
    credentials: MPRTAP_CREDENTIALS || undefined,
    ca: MPRTAP_CA || undefined,
    cert: MPRTAP_CERT || undefined,
    key: MPRTAP_KEY || undefined,
  }
}

/** @throws MprtapError MPRTAP_INVALID_ARGUMENT when the URL, or a file with credentials, is none. */
export function openStream(url: string, follow: boolean, clock: Clock): StreamSet {
  return new StreamSet(url, { ...credentials(process), follow, clock })
}
