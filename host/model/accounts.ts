// Names of accounts, as everything in host/ asks for them: one implementation in host/system/accounts.ts, a directory of one's own in tests.

/** What an account was called when somebody asked. */
export interface AccountName {
  /** `DOMAIN\name`; the name alone where there is no domain. */
  readonly name: string
  /** When it was looked up, ms since 1970: accounts are renamed, and rings outlive them. */
  readonly at: number
}

/** A look-up: the name of a SID, or the SID of a name such as `CORP\berger` or `berger@corp.example`. */
export type AccountQuestion = { readonly sid: string } | { readonly name: string }

/**
 * What the directory said. `none`: it has no such account, or could not ask whoever knows: Windows gives one answer for both ("LookupAccountSidW function").
 * `late`: nothing was said in time.
 */
export type AccountAnswer = { readonly found: string } | { readonly failed: 'none' | 'late' }

/** Who knows accounts. */
export interface AccountDirectory {
  /** One question at a time. Never throws; answers within `limitMs`. */
  ask(question: AccountQuestion, limitMs: number): Promise<AccountAnswer>
  /** Ends what is under way. */
  stop(): void
}
