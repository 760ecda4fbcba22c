import { hasMethod } from './options.ts'

/** What ends a tap from outside. Every `AbortSignal` is one; it is described here so that the package's types need neither DOM nor Node's types. */
export interface StopSignal {
  /** Whether it has happened. */
  readonly aborted: boolean
  /** Calls `listener` when it happens. */
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  /** Takes a listener back. */
  removeEventListener(type: 'abort', listener: () => void): void
}

/** Whether `value` can end something. Programs without types may give anything. */
export function isStopSignal(value: unknown): value is StopSignal {
  return hasMethod(value, 'addEventListener') && hasMethod(value, 'removeEventListener')
}
