/**
 * Windows connection notifications for Node.js.
 *
 * @packageDocumentation
 */
export { all, any, type FieldConditions, field, not } from '../filter/builder.ts'
export type { FilterExpression } from '../filter/expression.ts'
export type { FieldName } from '../filter/fields.ts'
export { parseFilter } from '../filter/parser.ts'
export { FilterSyntaxError } from '../filter/syntax-error.ts'
export { Batch, type Columns } from '../tap/batch.ts'
export type { RowCursor } from '../tap/row-cursor.ts'
export { Tap } from '../tap/tap.ts'
export { MprtapError, type MprtapErrorCode } from './errors.ts'
export { openTap, type TapOptions } from './open-tap.ts'
export type * from './types.ts'
