// Opens a tap whose options are good.

import { withSids } from '../filter/accounts.ts'
import { earliestOf } from '../filter/earliest.ts'
import type { FilterExpression } from '../filter/expression.ts'
import type { Tell } from '../model/diagnostic.ts'
import type { Notification, Operation } from '../model/events.ts'
import type { TestSource } from '../model/source.ts'
import { findSid } from '../system/accounts.ts'
import { systemClock } from '../system/clock.ts'
import { Callbacks } from './callbacks.ts'
import { openSources } from './open-sources.ts'
import { OpenedTap, type Tap, type TapSettings } from './tap.ts'
import type { CheckedOptions } from './tap-options.ts'

export async function openChecked(checked: CheckedOptions): Promise<Tap<Operation> | Tap<Notification>> {
  const { sources, follow, from, consumer, redact, onLoss, onDiagnostic } = checked
  const redaction = redact === undefined ? undefined : await redactionOf(redact, sources)
  const redactor = redaction?.redactor
  const asked = checked.filter && (await withSids(checked.filter, findSid))
  const filter = asked && redaction ? redaction.filterOf(asked) : asked
  const callbacks = new Callbacks()
  const tellAsIs = callbacks.guard(onDiagnostic)
  const tell: Tell | undefined =
    tellAsIs && redactor
      ? ({ code, path, text }) => tellAsIs({ code, path: path && redactor.text(path), text: redactor.text(text) })
      : tellAsIs
  // A named consumer has a position in each ring by its path, and has read what was before.
  const isFromOldest = consumer === undefined && (from === 'oldest' || !follow)
  const since = filter && earliestOf(filter)
  const opened = await openSources(sources, { isLive: follow, isFromOldest, since, redactor }, systemClock, (diagnostic) =>
    tell?.(diagnostic),
  )
  const settings: TapSettings = {
    ...opened,
    ...checked,
    callbacks,
    // A consumer goes on where it was, and begins with what there is.
    from: consumer ? 'oldest' : from,
    filter,
    onLoss: callbacks.guard(onLoss),
    onDiagnostic: tell,
  }
  try {
    return checked.level === 'operation' ? new OpenedTap<Operation>(settings) : new OpenedTap<Notification>(settings)
  } catch (error) {
    for (const finder of opened.finders) finder.close?.()
    throw error
  }
}

/** Redaction is loaded when it is asked for. */
async function redactionOf(keyFile: string, sources: readonly (string | TestSource)[]) {
  const [{ openRedactor }, { redactedFilter }] = await Promise.all([
    import('../redaction/open-redactor.ts'),
    import('../redaction/redacted-filter.ts'),
  ])
  const redactor = openRedactor(
    keyFile,
    false,
    sources.filter((source) => typeof source === 'string'),
  )
  return { redactor, filterOf: (expression: FilterExpression) => redactedFilter(redactor, expression) }
}
