// Which rings captures hold, before they are read: a ring that also lies elsewhere is read together with its captures.

import { CAPTURE_ENDED, CAPTURE_WAITS, CaptureReader } from './capture-reader.ts'
import { openInput } from './file-input.ts'

/**
 * The file ids of all rings in these captures; `undefined` when that cannot be known yet, since one of them comes through a pipe.
 * @throws MprtapError MPRTAP_CAPTURE_INVALID when one cannot be opened.
 */
export async function capturedRings(paths: readonly string[]): Promise<ReadonlySet<string> | undefined> {
  if (paths.includes('-')) return undefined
  const fileIds = new Set<string>()
  for (const path of paths) {
    const reader = new CaptureReader(openInput(path))
    try {
      for (let read = reader.next(); read !== CAPTURE_ENDED; read = reader.next()) {
        if (read === CAPTURE_WAITS) await reader.wait()
        else fileIds.add(reader.ring.fileId)
      }
    } finally {
      reader.close()
    }
  }
  return fileIds
}
