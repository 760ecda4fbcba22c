/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Windows connection notifications for Node.js.
 *
 * @packageDocumentation
 */

export type { PrunedRing, PruneOptions, PruneOutcome } from './consumers/prune-options.ts'
export { pruneRings } from './consumers/prune-rings.ts'
export type { Batch } from './events/batch.ts'
export { COLUMN_CODES } from './events/column-codes.ts'
export type { Columns } from './events/columns.ts'
export type { RowCursor } from './events/row-cursor.ts'
export {
  type AnyConditions,
  all,
  any,
  type BitConditions,
  type ConditionsByType,
  type FieldConditions,
  field,
  not,
  type OrderedConditions,
  type TextConditions,
} from './filter/builder.ts'
export type { Comparison, FilterExpression, Literal } from './filter/expression.ts'
export type { FieldName, FieldTypes, Level } from './filter/fields.ts'
export { parseFilter } from './filter/parser.ts'
export { FilterSyntaxError } from './filter/syntax-error.ts'
export type * from './model/account.ts'
export type { Clock, Timer } from './model/clock.ts'
export { CONNECT_FLAGS, type FlagName, flagNames } from './model/connect-flags.ts'
export { DIAGNOSTIC_CODES, type Diagnostic, type DiagnosticCode } from './model/diagnostic.ts'
export { ERROR_CODES, MprtapError, type MprtapErrorCode } from './model/errors.ts'
export type * from './model/events.ts'
export { type Check, type Explanation, explainStatus } from './model/explanations.ts'
export type * from './model/observed.ts'
export type { Acknowledged, Sink } from './model/sink.ts'
export type { TestSource } from './model/source.ts'
export type * from './model/statistics.ts'
export { statusName } from './model/status.ts'
export type { StopSignal } from './model/stop-signal.ts'
export { openTap } from './tap/open-tap.ts'
export type { Tap } from './tap/tap.ts'
export type { TapOptions } from './tap/tap-options.ts'
export { notificationJson, operationJson } from './text/event-json.ts'
export { type JsonOptions, safeJson, safeText } from './text/safe-text.ts'
export { type SnapshotOptions, snapshot } from './windows/snapshot.ts'
