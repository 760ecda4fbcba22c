/** What a notification is about. */
export type Kind = 'add' | 'cancel'

/** Where in an operation MPR made the call. */
export type Phase = 'pre' | 'post'

/**
 * How an operation ended. `succeeded`: status 0, 2108 or 2109; `cancelled`: 1223; `failed`: any other status;
 * `unfinished`: no POST came within the time allowed. (mpr-facts, "outcome rule": docs/coverage.md.)
 */
export type Outcome = 'succeeded' | 'failed' | 'cancelled' | 'unfinished'

/** RESOURCETYPE_*; a number where the value has no documented name. */
export type ResourceType = 'any' | 'disk' | 'print' | number

/** The process that made the WNet call, as it described itself. */
export interface ProcessInfo {
  readonly id: number
  readonly threadId: number
  /** Base name of the executable. */
  readonly image: string | undefined
  /** Epoch ms; with the id it names a process for good. */
  readonly startTime: number
  /** Pointer width of the process. */
  readonly bits: 32 | 64
}

/** A status that is not a success. */
export interface OperationError {
  /** The provider's status, a Win32 error code. */
  readonly code: number
  /** Its Win32 name, for example `ERROR_BAD_NETPATH`; `undefined` for codes without a name here. */
  readonly name: string | undefined
}

/** Full lengths, in UTF-16 code units, of the names that were cut. */
export type TruncatedNames = Readonly<Partial<Record<'remoteName' | 'localName' | 'provider' | 'image', number>>>

/** Names that could not be read to their end where the program had them; what came before the fault is there. */
export type UnreadableNames = readonly ('remoteName' | 'localName' | 'provider' | 'image')[]

/** What operations and notifications have in common. A field that MPR's contract does not promise is `undefined`, never guessed. */
export interface EventFields {
  readonly kind: Kind
  /** Epoch ms: when the first call was made (the wall clock of the mapping process's machine). */
  readonly time: number
  readonly remoteName: string | undefined
  readonly localName: string | undefined
  /** The provider that cancelled the connection; present in a successful cancel's POST only. */
  readonly provider: string | undefined
  /** Raw `dwAddFlags` or `dwFlags`. */
  readonly flags: number
  /** `undefined` for cancels. */
  readonly resourceType: ResourceType | undefined
  /** `fForce`; `undefined` for adds. */
  readonly force: boolean | undefined
  /** Whether an owner window was given (`hwndOwner` was not NULL). */
  readonly ownerWindow: boolean
  readonly process: ProcessInfo
  /** Remote desktop session. */
  readonly sessionId: number
  /** Authentication LUID, as `0x` and hexadecimal digits: the join key for "whose Z:". */
  readonly logonId: string
  /** SID of the ring's owner. */
  readonly user: string
  /** Which names were cut, and how long they were. */
  readonly truncated: TruncatedNames | undefined
  /** Which names could not be read to their end, because the program passed memory that is not there; `undefined` when all could be. */
  readonly unreadable: UnreadableNames | undefined
}

/** One add or cancel: its PRE and POST, paired. */
export interface Operation extends EventFields {
  readonly type: 'operation'
  readonly outcome: Outcome
  /** From the records' own clock; `undefined` when either half is missing. */
  readonly durationMs: number | undefined
  /** Raw `dwOperationStatus` of the POST; `undefined` when there was none. */
  readonly status: number | undefined
  /** `undefined` when the operation succeeded or is unfinished. */
  readonly error: OperationError | undefined
  /** Sequence of the PRE, or of the POST when the PRE was lost. */
  readonly sequence: number
}

/** One call of MPR's, as recorded. */
export interface Notification extends EventFields {
  readonly type: 'notification'
  readonly phase: Phase
  /** Raw `dwNotifyStatus`. */
  readonly notifyStatus: number
  /** Raw `dwOperationStatus`; `undefined` in PRE, where it says nothing. */
  readonly status: number | undefined
  readonly error: OperationError | undefined
  readonly sequence: number
  /** `lpContext` as MPR passed it, as `0x` and hexadecimal digits. */
  readonly context: string
}

/** Durations of a group of operations, ms. Quantiles are read off a histogram: within 6.3 % of the true value. */
export interface Durations {
  /** Operations with a duration. */
  readonly count: number
  readonly mean: number
  readonly min: number
  readonly max: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
}

export interface OperationCounts {
  readonly operations: number
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
  readonly unfinished: number
  /** `undefined` when no operation of the group has a duration. */
  readonly durationMs: Durations | undefined
}

/** What operations can be grouped by. */
export type GroupBy = 'server' | 'share' | 'error' | 'image' | 'user'

/** Operations of one server, share, error, image or user. */
export interface GroupStatistics extends OperationCounts {
  /**
   * The name as first seen (names that differ in case are one group), the error's Win32 name or its number, the user's SID. `undefined`: the operations
   * that came after 1,023 groups were full.
   */
  readonly key: string | undefined
}

/** Records of one ring that were lost since the last report. */
export interface Loss {
  /** Path of the ring. */
  readonly ring: string
  /** SID of its owner. */
  readonly user: string
  /** Sequence of the first of them; they are one run. */
  readonly first: number
  /** How many more than at the last report. */
  readonly lost: number
  /** What this tap has lost of this ring in all. */
  readonly totals: { readonly overrun: number; readonly abandoned: number; readonly corrupt: number; readonly late: number }
}

/** Counts since the tap was opened. Loss is a number here, never an exception. */
export interface TapStats {
  readonly operations: number
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
  readonly unfinished: number
  readonly notifications: number
  /** Records that were read and good. */
  readonly delivered: number
  /** overrun + abandoned + corrupt. */
  readonly lost: number
  /** Overwritten before this reader came. */
  readonly overrun: number
  /** Claimed and not committed within a second; also what a ring had promised before its file was truncated or emptied. */
  readonly abandoned: number
  /** Committed later than that; a part of `abandoned`. */
  readonly late: number
  /** Committed, yet not what a writer writes. */
  readonly corrupt: number
  /** In the rings, not read yet. */
  readonly pending: number
  /** PREs whose POST has not come yet. */
  readonly waiting: number
  /** Times that a ring file was set back or its head jumped, and counting began anew. */
  readonly rewinds: number
  /** Rings that are open. */
  readonly rings: number
}
