// A clock of a tap that runs ten times as fast: what happens once a second then happens ten times a second. For tests that wait for the next
// look at a folder: vi.mock('../../host/system/clock.ts', () => import('../hurried-clock.ts')). The time of day stays what it is.

import { vi } from 'vitest'
import type { Clock } from '../host/model/clock.ts'
import type * as real from '../host/system/clock.ts'

const { systemClock: clock } = await vi.importActual<typeof real>('../host/system/clock.ts')
const TIMES = 10

export const systemClock: Clock = {
  ...clock,
  now: () => clock.now() * TIMES,
  timer(run, delayMs, options) {
    const timer = clock.timer(run, delayMs / TIMES, options)
    return { again: (ms) => timer.again(ms / TIMES), stop: () => timer.stop() }
  },
  sleep: (ms) => clock.sleep(ms / TIMES),
}
