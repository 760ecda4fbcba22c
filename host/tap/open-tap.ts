// What a program calls. Most of the library is loaded when the first tap is opened: a program that imports it starts sooner (bench/startup).

import type { Notification, Operation } from '../model/events.ts'
import type { Tap } from './tap.ts'
import { checkOptions, type TapOptions } from './tap-options.ts'

/**
 * Opens a tap: a stream of connection operations (or raw notifications), as Windows' Multiple Provider Router tells them.
 *
 * @throws MprtapError by `code`: MPRTAP_INVALID_ARGUMENT, MPRTAP_FILTER_SYNTAX (a FilterSyntaxError with the column), MPRTAP_FOLDER_MISSING,
 * MPRTAP_FOLDER_UNREADABLE, MPRTAP_RING_INVALID, MPRTAP_CAPTURE_INVALID, MPRTAP_CONSUMER, MPRTAP_NATIVE_MISSING (rings that live need koffi),
 * MPRTAP_WEBASSEMBLY_MISSING.
 * @example
 * const tap = await openTap({ filter: 'outcome == "failed"', from: 'now' })
 * for await (const operation of tap) console.log(operation.remoteName, operation.error?.name, operation.durationMs)
 */
export function openTap(options: TapOptions & { level: 'notification' }): Promise<Tap<Notification>>
/** The same for operations, which is what a tap reads unless told. */
export function openTap(options?: TapOptions & { level?: 'operation' }): Promise<Tap<Operation>>
/** The same where the level is known only when the program runs. */
export function openTap(options?: TapOptions): Promise<Tap<Operation> | Tap<Notification>>
export async function openTap(options: TapOptions = {}): Promise<Tap<Operation> | Tap<Notification>> {
  // Before anything is waited for: the caller may change its options afterwards.
  const checked = checkOptions(options)
  const { openChecked } = await import('./open-checked.ts')
  return openChecked(checked)
}
