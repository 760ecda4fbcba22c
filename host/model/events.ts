// What a tap delivers: plain objects whose types say which fields are there. A field that MPR's contract does not promise is `undefined`, never
// guessed. All keys are present in every event, so that events of one level have one shape.

/** What a notification is about. */
export type Kind = 'add' | 'cancel'

/** Whether MPR made the call before or after the operation. */
export type Phase = 'pre' | 'post'

/**
 * How an operation ended. `succeeded`: status 0, 2108 or 2109; `cancelled`: 1223; `failed`: any other status;
 * `unfinished`: no POST came within the time allowed (docs/coverage.md, "The outcome of an operation").
 */
export type Outcome = 'succeeded' | 'failed' | 'cancelled' | 'unfinished'

/** RESOURCETYPE_*; a number where the value has no documented name. */
export type ResourceType = 'any' | 'disk' | 'print' | number

/** The process that made the WNet call, as it described itself. */
export interface ProcessInfo {
  // <generated process>
  /** The process that made the WNet call. */
  readonly id: number
  /** Its thread. */
  readonly threadId: number
  /** Base name of the executable. */
  readonly image: string | undefined
  /** Epoch ms; with the id it names a process for good. */
  readonly startTime: number
  /** Pointer width of the process: 32 or 64. */
  readonly bits: 32 | 64
  // </generated>
}

/** A status that is not a success. */
export interface OperationError {
  /** The provider's status: a Win32 error code, or an HRESULT. */
  readonly code: number
  /** Its Win32 name, for example `ERROR_BAD_NETPATH`; `undefined` for codes without a name here. */
  readonly name: string | undefined
}

/** Full lengths, in UTF-16 code units, of the names that were cut. */
export type TruncatedNames = Readonly<Partial<Record<'remoteName' | 'localName' | 'provider' | 'image', number>>>

/** Names that could not be read to their end where the program had them; the part that could be read is there. */
export type UnreadableNames = readonly ('remoteName' | 'localName' | 'provider' | 'image')[]

/** Fields that every operation and every notification has. */
export interface CommonFields {
  // <generated common>
  /** Names the record for good: ring file id (its 8 bytes as hexadecimal digits, in the order of the file), `-`, sequence. */
  readonly id: string
  /** The machine that the record comes from; absent: this one. */
  readonly host: string | undefined
  /** Epoch ms, whole: when the first call was made, by the wall clock of the mapping process's machine. */
  readonly time: number
  /** The same exactly: ISO 8601, UTC, seven digits. */
  readonly timestamp: string
  /** What was mapped. */
  readonly remoteName: string | undefined
  /** The drive letter or port. */
  readonly localName: string | undefined
  /** The provider that cancelled the connection; present in a successful cancel's POST only. */
  readonly provider: string | undefined
  /** Raw `dwAddFlags` or `dwFlags`; `flagNames()` has their names. */
  readonly flags: number
  /** Whether an owner window was given (`hwndOwner` was not NULL). */
  readonly ownerWindow: boolean
  /** The process that made the WNet call, as it described itself. */
  readonly process: ProcessInfo
  /** Whether the thread impersonated: user, session and logon are then those of its own token, not of its process. */
  readonly impersonated: boolean
  /** Remote desktop session. */
  readonly sessionId: number
  /** Authentication LUID: drive letters belong to a logon, so this says whose `Z:` it is. */
  readonly logonId: string
  /** SID of the ring's owner; empty when the ring was named by a path without one. */
  readonly user: string
  /** Which names were cut, and how long they were, in UTF-16 code units. */
  readonly truncated: TruncatedNames | undefined
  /** Which names could not be read to their end, because the program passed memory that is not there; absent when all could be. */
  readonly unreadable: UnreadableNames | undefined
  /** Of an operation: sequence of the PRE, or of the POST when the PRE was lost. */
  readonly sequence: number
  // </generated>
}

/** Fields that depend on `kind`. */
export type KindFields =
  | { readonly kind: 'add'; readonly resourceType: ResourceType; readonly force: undefined }
  | {
      readonly kind: 'cancel'
      readonly resourceType: undefined
      /** `fForce`: open files did not prevent it. */
      readonly force: boolean
    }

/** What operations and notifications have in common. */
export type EventFields = CommonFields & KindFields

/** An operation that was not a success. */
export interface WithError {
  readonly durationMs: number | undefined
  readonly status: number
  readonly error: OperationError
}

/** Fields that depend on `outcome`. `durationMs` is `undefined` when one half is missing or the clock readings contradict each other. */
export type OutcomeFields =
  | {
      readonly outcome: 'succeeded'
      readonly durationMs: number | undefined
      /** Raw `dwOperationStatus` of the POST. */
      readonly status: number
      readonly error: undefined
    }
  | (WithError & { readonly outcome: 'failed' })
  | (WithError & { readonly outcome: 'cancelled' })
  | { readonly outcome: 'unfinished'; readonly durationMs: undefined; readonly status: undefined; readonly error: undefined }

/** Fields that depend on `phase`. */
export type PhaseFields =
  | {
      readonly phase: 'pre'
      /** Says nothing in a PRE. */
      readonly status: undefined
      readonly error: undefined
    }
  | {
      readonly phase: 'post'
      /** Raw `dwOperationStatus`. */
      readonly status: number
      /** `undefined` when the status is a success. */
      readonly error: OperationError | undefined
    }

/** What operations alone have. */
export interface OnlyOperations {
  readonly type: 'operation'
  // <generated operations>
  /** Id of the operation whose POST this is, when it came after that operation had been delivered as unfinished. Both rows are one operation. */
  readonly completes: string | undefined
  // </generated>
}

/** What notifications alone have. */
export interface OnlyNotifications {
  readonly type: 'notification'
  // <generated notifications>
  /** Raw `dwNotifyStatus`. */
  readonly notifyStatus: number
  /** `lpContext` as MPR passed it. */
  readonly context: string
  // </generated>
}

/** One add or cancel: its PRE and POST, paired. */
export type Operation = OnlyOperations & CommonFields & KindFields & OutcomeFields

/** One call of MPR's, as recorded. */
export type Notification = OnlyNotifications & CommonFields & KindFields & PhaseFields
