// A line that says how far a long work has come: on a terminal only, and on standard error, so that no pipe has it.

import type { Tap } from '../../tap/tap.ts'
import type { CommandContext } from '../verb.ts'
import { CLEAR_LINE } from './screen.ts'

/** What takes no longer shows nothing, ms. */
const FIRST_MS = 1000
const EVERY_MS = 250

/** A shown line; `clear` before something else is written to standard error, `stop` at the end. */
export interface Progress {
  clear(): void
  stop(): void
}

/** Shows how many records of a tap were read. */
export function showProgress({ stderr }: Pick<CommandContext, 'stderr'>, tap: Pick<Tap, 'stats'>): Progress {
  if (!stderr.isTTY) return { clear: () => {}, stop: () => {} }
  const started = performance.now()
  let isShown = false
  const clear = () => {
    if (isShown) stderr.write(CLEAR_LINE)
    isShown = false
  }
  const timer = setInterval(() => {
    if (performance.now() - started < FIRST_MS) return
    isShown = true
    stderr.write(`${CLEAR_LINE}${tap.stats().notifications.toLocaleString('en-US')} notifications read`)
  }, EVERY_MS)
  const stop = () => {
    clearInterval(timer)
    clear()
  }
  return { clear, stop }
}
