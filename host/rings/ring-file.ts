// A ring's file, opened after its owner and kind were judged.

import { type OpenFile, openFile } from '../system/file.ts'
import { mustBeRing, type RingPlace } from './place.ts'

/**
 * Opens a ring for reading. With a `place` its owner must be the user in its name (policy.ts); without one the caller has chosen the file.
 * @throws SquattedError; Node's system errors (`code` ENOENT, EACCES, …), EINVAL for what is not a plain file under one name.
 */
export function openRingFile(path: string, place?: RingPlace): OpenFile {
  return openFile(path, (facts) => mustBeRing(path, facts, place))
}
