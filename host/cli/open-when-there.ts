// Opens what may not be there yet: the DLL makes the folder of rings with the first notification.

import type { Clock } from '../model/clock.ts'
import { MprtapError } from '../model/errors.ts'

const POLL_MS = 250

/**
 * What `open` opens; where the folder is missing, says so once and tries again until it is there.
 *
 * @param open is given whether it was waited for: what is there then has been written since.
 * @returns `undefined` when stopped before.
 */
export async function openWhenThere<Opened>(
  open: (wasWaitedFor: boolean) => Promise<Opened>,
  { clock, signal, onDiagnostic }: { readonly clock: Clock; readonly signal: AbortSignal; readonly onDiagnostic: (text: string) => void },
): Promise<Opened | undefined> {
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  let isWaiting = false
  while (!signal.aborted) {
    try {
      return await open(isWaiting)
    } catch (error) {
      if (!(error instanceof MprtapError && error.code === 'MPRTAP_FOLDER_MISSING')) throw error
      if (!isWaiting) onDiagnostic(`${error.message} Waiting for it to appear.`)
      isWaiting = true
      await new Promise<void>((resolve) => {
        const timer = clock.timer(resolve, POLL_MS)
        void stopped.then(() => {
          timer.stop()
          resolve()
        })
      })
    }
  }
  return undefined
}
