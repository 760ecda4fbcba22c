import type { Operation } from '../../model/events.ts'
import { explainStatus } from '../../model/explanations.ts'
import { fit } from '../../text/width.ts'
import type { LineStyle } from './format-operation.ts'

/** For `watch --explain`: what a failure means, as a line to stand below it; `undefined` where there is nothing to say. */
export function explainShortly({ outcome, status }: Operation, { width, colours }: LineStyle): string | undefined {
  const known = outcome === 'failed' ? explainStatus(status) : undefined
  if (!known) return undefined
  const hint = ` (mprtap explain ${known.status})`
  const text = `    ${known.meaning}`
  return colours.dim(width === undefined ? text + hint : fit(text, Math.max(20, width - hint.length)) + hint)
}
