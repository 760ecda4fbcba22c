// The form in which formats with a schema carry an event: kinds and phases as enums, 64-bit ids as two u32s, which all of them read
// quicker than texts.

import type { RecordFields } from '../truth.ts'

type Replaced = 'type' | 'kind' | 'phase' | 'context' | 'logonId' | 'resourceType' | 'truncated' | 'unreadable'

export interface CompactEvent extends Omit<RecordFields, Replaced> {
  readonly kind: number
  readonly phase: number
  readonly contextHigh: number
  readonly contextLow: number
  readonly logonIdHigh: number
  readonly logonIdLow: number
  readonly resourceType?: number | undefined
}

const KINDS = ['add', 'cancel']
const PHASES = ['pre', 'post']
const RESOURCE_TYPES = ['any', 'disk', 'print']
const high = (hexadecimal: string) => Number(BigInt(hexadecimal) >> 32n)
const low = (hexadecimal: string) => Number(BigInt(hexadecimal) & 0xffff_ffffn)
const join = (upper: number, lower: number) => `0x${((BigInt(upper) << 32n) | BigInt(lower)).toString(16)}`

export function compact(event: RecordFields): CompactEvent {
  const { type: _, kind, phase, context, logonId, resourceType, truncated: __, unreadable: ___, ...rest } = event
  return {
    ...rest,
    kind: KINDS.indexOf(kind),
    phase: PHASES.indexOf(phase),
    contextHigh: high(context),
    contextLow: low(context),
    logonIdHigh: high(logonId),
    logonIdLow: low(logonId),
    ...(resourceType === undefined ? {} : { resourceType: RESOURCE_TYPES.indexOf(resourceType as string) }),
  }
}

/** The event as the formats without a schema have it. */
export function expand({ kind, phase, contextHigh, contextLow, logonIdHigh, logonIdLow, resourceType, ...rest }: CompactEvent): unknown {
  return {
    ...rest,
    type: 'notification',
    kind: KINDS[kind],
    phase: PHASES[phase],
    context: join(contextHigh, contextLow),
    logonId: join(logonIdHigh, logonIdLow),
    resourceType: resourceType === undefined ? undefined : RESOURCE_TYPES[resourceType],
  }
}
