import type { Notification, Operation } from '../../host/model/events.ts'

/** 09:05:03.007 on the wall clock here, whatever the time zone. */
export const TIME = new Date(2026, 0, 5, 9, 5, 3, 7).getTime()

const common = {
  id: '00000000000000ab-12',
  host: undefined,
  kind: 'add',
  time: TIME,
  timestamp: new Date(TIME).toISOString().replace('Z', '0000Z'),
  remoteName: '\\\\files01\\projects',
  localName: 'P:',
  provider: undefined,
  flags: 1,
  resourceType: 'disk',
  force: undefined,
  ownerWindow: false,
  process: { id: 4711, threadId: 4712, image: 'explorer.exe', startTime: TIME - 1_000, bits: 64 },
  impersonated: false,
  sessionId: 2,
  logonId: '0x3e7',
  user: 'S-1-5-18',
  truncated: undefined,
  unreadable: undefined,
} as const

/** A succeeded add; `fields` may contradict each other, since what is formatted is formatted field by field. */
export function operation(fields: { readonly [Field in keyof Operation]?: Operation[Field] } = {}): Operation {
  const own = {
    type: 'operation',
    outcome: 'succeeded',
    durationMs: 38.4,
    status: 0,
    error: undefined,
    sequence: 12,
    completes: undefined,
  } as const
  return { ...common, ...own, ...fields } as Operation
}

export function notification(fields: { readonly [Field in keyof Notification]?: Notification[Field] } = {}): Notification {
  const own = { phase: 'pre', notifyStatus: 1, status: undefined, error: undefined, sequence: 12, context: '0x0' } as const
  return { ...common, type: 'notification', ...own, ...fields } as Notification
}
