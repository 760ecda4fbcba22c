// What is mapped at one time, as Windows lists it: no notification, so nothing says who mapped it, or when.

/** A logon session: drives belong to one, and no other sees them ("WNetOpenEnumW function", Microsoft Learn). */
export interface LogonSession {
  /** SID of its user. */
  readonly user: string
  /** Number of the Windows session, as in records. */
  readonly sessionId: number
  /** As in records, for example `0x3e7`. */
  readonly logonId: string
  /** `elevated`: of an administrator's two sessions the one with the rights; it does not see the drives of the other one. */
  readonly elevation: 'elevated' | 'limited' | 'none'
}

/** A connection that was there, or that Windows remembers. */
export interface Observed {
  readonly type: 'observed'
  /** Epoch ms: when it was seen. */
  readonly time: number
  /** SID. */
  readonly user: string
  /** `undefined`: what Windows remembers for a user belongs to no session yet. */
  readonly sessionId: number | undefined
  readonly logonId: string | undefined
  readonly localName: string | undefined
  readonly remoteName: string
  readonly provider: string | undefined
  readonly resourceType: 'any' | 'disk' | 'print' | number
  readonly isConnected: boolean
  /** Windows restores it at the next logon, and tells nobody then. */
  readonly isRemembered: boolean
  /**
   * What is said of it. `present`: it is in a snapshot. `came`, `went`: it was not in the snapshot before, or is not in this one, and no notification says why.
   */
  readonly change: 'present' | 'came' | 'went'
}

/** What is mapped. */
export interface Snapshot {
  /** Epoch ms. */
  readonly time: number
  /** The logon session that asked, and whose connections they are. */
  readonly session: LogonSession
  readonly connections: readonly Observed[]
  /** Sentences: what could not be seen. */
  readonly unseen: readonly string[]
}
