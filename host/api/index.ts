/**
 * Windows connection notifications for Node.js.
 *
 * @packageDocumentation
 */
export { Batch, type Columns } from '../tap/batch.ts'
export { Tap } from '../tap/tap.ts'
export { MprtapError, type MprtapErrorCode } from './errors.ts'
export { openTap, type TapOptions } from './open-tap.ts'
export type * from './types.ts'
