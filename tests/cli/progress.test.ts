// Long work says on a terminal how far it has come, and nowhere else.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { showProgress } from '../../host/cli/output/progress.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Progress of a tap that has read 5,000 notifications, and what was written. */
function shown(isTTY: boolean) {
  const written: string[] = []
  const stderr = { isTTY, write: (text: string) => written.push(text) > 0 } as never
  return { progress: showProgress({ stderr }, { stats: () => ({ notifications: 5000 }) } as never), written }
}

describe('progress', () => {
  it('is shown on a terminal after a second, and is gone at the end', () => {
    const { progress, written } = shown(true)
    vi.advanceTimersByTime(900)
    expect(written).toEqual([])
    vi.advanceTimersByTime(400)
    expect(written.at(-1)).toBe('\r\x1b[K5,000 notifications read')
    progress.stop()
    expect(written.at(-1)).toBe('\r\x1b[K')
    const { length } = written
    vi.advanceTimersByTime(5000)
    expect(written).toHaveLength(length)
  })

  it('makes room for a sentence', () => {
    const { progress, written } = shown(true)
    progress.clear()
    expect(written).toEqual([])
    vi.advanceTimersByTime(1500)
    progress.clear()
    expect(written.at(-1)).toBe('\r\x1b[K')
    progress.stop()
  })

  it('is not shown where standard error is no terminal', () => {
    const { written } = shown(false)
    vi.advanceTimersByTime(5000)
    expect(written).toEqual([])
  })
})
