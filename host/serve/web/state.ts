// What the page knows, and how the server's events change it.

/** An operation as the server sends it: the NDJSON line of docs/cli.md. */
export interface Row {
  readonly id: string
  readonly time: number
  readonly kind: 'add' | 'cancel'
  readonly outcome: 'succeeded' | 'failed' | 'cancelled' | 'unfinished'
  readonly durationMs?: number
  readonly status?: number
  readonly error?: { readonly code: number; readonly name?: string }
  readonly localName?: string
  readonly remoteName?: string
  readonly host?: string
  readonly user: string
  readonly sessionId: number
  readonly logonId: string
  readonly process: { readonly id: number; readonly image?: string }
}

export interface Second {
  /** Epoch ms. */
  readonly at: number
  readonly operations: number
  readonly failed: number
}

export interface ServerGroup {
  readonly key: string
  readonly operations: number
  readonly failed: number
  readonly p50?: number
  readonly p90?: number
}

export interface Now {
  readonly second: Second
  readonly totals: {
    readonly operations: number
    readonly succeeded: number
    readonly failed: number
    readonly cancelled: number
    readonly unfinished: number
    readonly waiting: number
    readonly rings: number
    readonly lost: { readonly overrun: number; readonly abandoned: number; readonly corrupt: number }
  }
  readonly slowest: readonly ServerGroup[]
  readonly failing: readonly ServerGroup[]
  /** Cell of the core's histogram and how many operations are in it. */
  readonly durations: readonly (readonly [cell: number, count: number])[]
}

export interface State {
  readonly connection: 'connecting' | 'live' | 'lost'
  readonly isPaused: boolean
  /** Newest first. */
  readonly rows: readonly Row[]
  /** Rows that came while the page was paused, newest first. */
  readonly held: readonly Row[]
  /** Rows that were not sent: too many, or this browser was too slow. */
  readonly skipped: number
  /** Rows may be missing since the connection broke. */
  readonly hasGap: boolean
  readonly seconds: readonly Second[]
  readonly now: Now | undefined
  /** Why the server does not send rows. */
  readonly refused: string
}

export const ROWS_SHOWN = 200
const SECONDS_SHOWN = 300

export const BEGINNING: State = {
  connection: 'connecting',
  isPaused: false,
  rows: [],
  held: [],
  skipped: 0,
  hasGap: false,
  seconds: [],
  now: undefined,
  refused: '',
}

export type Event =
  | { readonly type: 'open' | 'lost' | 'gap' | 'pause' | 'restart' }
  | { readonly type: 'rows'; readonly rows: readonly Row[] }
  | { readonly type: 'skipped'; readonly rows: number }
  | { readonly type: 'history'; readonly seconds: readonly Second[] }
  | { readonly type: 'now'; readonly now: Now }
  | { readonly type: 'refused'; readonly error: string }

export function next(state: State, event: Event): State {
  switch (event.type) {
    case 'open':
      return { ...state, connection: 'live' }
    case 'lost':
      return { ...state, connection: 'lost' }
    case 'gap':
      return { ...state, hasGap: true }
    case 'restart':
      return { ...state, connection: 'connecting', rows: [], held: [], skipped: 0, hasGap: false, refused: '' }
    case 'pause':
      return state.isPaused
        ? { ...state, isPaused: false, rows: [...state.held, ...state.rows].slice(0, ROWS_SHOWN), held: [] }
        : { ...state, isPaused: true }
    case 'rows':
      return state.isPaused
        ? { ...state, held: [...event.rows, ...state.held].slice(0, ROWS_SHOWN) }
        : { ...state, rows: [...event.rows, ...state.rows].slice(0, ROWS_SHOWN) }
    case 'skipped':
      return { ...state, skipped: state.skipped + event.rows }
    case 'history':
      return { ...state, seconds: event.seconds.slice(-SECONDS_SHOWN) }
    case 'now':
      return { ...state, now: event.now, seconds: [...state.seconds, event.now.second].slice(-SECONDS_SHOWN) }
    default:
      return { ...state, refused: event.error }
  }
}
