/**
 * Windows connection notifications for Node.js.
 *
 * @packageDocumentation
 */

export { Batch, type Columns } from './events/batch.ts'
export type { RowCursor } from './events/row-cursor.ts'
export { all, any, type FieldConditions, field, not } from './filter/builder.ts'
export type { FilterExpression } from './filter/expression.ts'
export type { FieldName } from './filter/fields.ts'
export { parseFilter } from './filter/parser.ts'
export { FilterSyntaxError } from './filter/syntax-error.ts'
export type * from './model/account.ts'
export { MprtapError, type MprtapErrorCode } from './model/errors.ts'
export type * from './model/events.ts'
export type * from './model/statistics.ts'
export { openTap, type TapOptions } from './open-tap.ts'
export { Tap } from './tap.ts'
