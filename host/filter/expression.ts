// A filter as a tree: what the parser and the builder make, and the compiler takes.

import type { FieldName } from './fields.ts'

/** A value in a filter; its field says which of these it is. */
export type Literal = string | number | boolean

/** How a filter compares. Which of these a field has follows from its type. */
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='

/** A condition on operations or notifications. Make one with `parseFilter()` or with `field()`, `all()`, `any()`, `not()`. */
export type FilterExpression =
  | { readonly type: 'all' | 'any'; readonly operands: readonly FilterExpression[] }
  | { readonly type: 'not'; readonly operand: FilterExpression }
  | { readonly type: 'compare'; readonly field: FieldName; readonly operator: Comparison; readonly value: Literal }
  | { readonly type: 'in'; readonly field: FieldName; readonly values: readonly Literal[] }
  | { readonly type: 'glob'; readonly field: FieldName; readonly pattern: string }
  /** Any of the bits is set. */
  | { readonly type: 'has'; readonly field: FieldName; readonly bits: number }
  | { readonly type: 'present'; readonly field: FieldName }
