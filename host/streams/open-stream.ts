// Streams for openSources(). It brings the library that speaks with the engine, so it is loaded when a stream is named.

import { type Credentials, credentialsOfEnvironment } from './credentials.ts'
import { type StreamOptions, StreamSet } from './stream-set.ts'

/** @throws MprtapError MPRTAP_INVALID_ARGUMENT when the URL, or a file with credentials, is not valid. */
export function openStream(url: string, options: Omit<StreamOptions, keyof Credentials>): StreamSet {
  return new StreamSet(url, { ...credentialsOfEnvironment(), ...options })
}
