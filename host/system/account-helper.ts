// Asks Windows for accounts, in a process of its own (helper.ts): a look-up waits for a domain controller.

import type { AccountAnswer, AccountDirectory, AccountQuestion } from '../model/accounts.ts'
import { Helper } from './helper.ts'
import { sidBytes, sidText } from './sid-text.ts'

/** A domain and a name have 256 units at most, a SID 68 bytes. */
const ANSWER = `
const advapi32 = koffi.load('advapi32.dll')
const ends = '_Inout_ uint32_t *, _Out_ void *, _Inout_ uint32_t *, _Out_ int *'
const nameOfSid = advapi32.func('int __stdcall LookupAccountSidW(str16, void *, _Out_ void *, ' + ends + ')')
const sidOfName = advapi32.func('int __stdcall LookupAccountNameW(str16, str16, _Out_ void *, ' + ends + ')')
function answer({ sid, name }) {
  const first = Buffer.alloc(1024)
  const domain = Buffer.alloc(1024)
  if (sid !== undefined && nameOfSid(null, Buffer.from(sid, 'hex'), first, [512], domain, [512], [0]))
    return { found: (textOf(domain) && textOf(domain) + '\\\\') + textOf(first) }
  if (name !== undefined && sidOfName(null, name, first, [68], domain, [512], [0])) return { found: first.subarray(0, 68).toString('hex') }
  return {}
}
`

export class AccountHelper implements AccountDirectory {
  readonly #helper: Helper<AccountQuestion, { readonly found?: string }>

  /** @param koffi for tests: what is loaded as koffi. */
  constructor(koffi?: string) {
    this.#helper = new Helper(ANSWER, koffi)
  }

  async ask(question: AccountQuestion, limitMs: number): Promise<AccountAnswer> {
    const bytes = 'sid' in question ? sidBytes(question.sid) : undefined
    if ('sid' in question && !bytes) return { failed: 'none' }
    const answer = await this.#helper.ask(bytes ? { sid: Buffer.from(bytes).toString('hex') } : question, limitMs, true)
    if (answer === 'late') return { failed: 'late' }
    if (!answer?.found) return { failed: 'none' }
    return { found: bytes ? answer.found : sidText(Buffer.from(answer.found, 'hex'), 0) }
  }

  stop(): void {
    this.#helper.stop()
  }
}
