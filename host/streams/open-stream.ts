// Streams for openSources(). It brings the library that speaks with the engine, so it is loaded when a stream is named.

import type { Clock } from '../model/clock.ts'
import { credentialsOfEnvironment } from './credentials.ts'
import { StreamSet } from './stream-set.ts'

/** @throws MprtapError MPRTAP_INVALID_ARGUMENT when the URL, or a file with credentials, is none. */
export function openStream(url: string, follow: boolean, clock: Clock): StreamSet {
  return new StreamSet(url, { ...credentialsOfEnvironment(), follow, clock })
}
