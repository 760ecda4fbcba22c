// Everything about mprtap on this machine that can be asked, as rows of a table; and which clients of this machine MPR tells of.

import type { Machine } from '../model/machine.ts'
import type { ProcessPolicy } from '../system/mitigations.ts'
import type { BlockedLoad } from './blocked-loads.ts'
import type { PackageDlls } from './dlls.ts'
import { auditNotifyees } from './notifyees.ts'
import { status } from './status.ts'

/** A row. */
export interface Check {
  readonly area: string
  readonly what: string
  /** `not checked`: it cannot be asked here; the detail says why. */
  readonly result: 'ok' | 'finding' | 'note' | 'not checked'
  readonly detail: string
}

/** What the machine tells beyond its files and its registry; `undefined` or a text: why it does not. */
export interface Observations {
  readonly strict: { readonly strict: readonly ProcessPolicy[]; readonly asked: number; readonly closed: number } | string
  readonly blocked: readonly BlockedLoad[] | string
  /** This machine's time, ms since 1970. */
  readonly now: number
}

/** Looks at everything that does not map anything. */
export function examine(machine: Machine, dlls: PackageDlls, observed: Observations): Check[] {
  // Wine has neither policies nor such a log, and answers as if nothing were wrong.
  const { strict, blocked, now } = machine.isWine ? { ...observed, strict: 'not verified: Wine', blocked: 'not verified: Wine' } : observed
  const found = status(machine, dlls)
  const checks: Check[] = []
  const add = (area: string, what: string, result: Check['result'], detail = '') => void checks.push({ area, what, result, detail })

  add(
    'registration',
    found.registration.path,
    found.registration.state === 'right' ? 'ok' : 'finding',
    found.registration.value ?? 'not registered',
  )
  for (const { architecture, path, state, version, sha256, hasControlFlowGuard, hasSignature } of found.dlls) {
    add(
      'DLL',
      `${architecture} ${path}`,
      state === 'current' ? 'ok' : 'finding',
      state === 'current' ? `version ${version}, SHA-256 ${sha256}` : state,
    )
    if (sha256 === undefined) continue
    add(
      'DLL',
      `${architecture} Control Flow Guard`,
      hasControlFlowGuard ? 'ok' : 'note',
      hasControlFlowGuard ? 'marked' : 'not marked: strict processes refuse it',
    )
    add('DLL', `${architecture} signature`, 'note', hasSignature ? 'has one' : 'none: App Control policies must allow it by hash')
  }
  for (const { path, state, access } of found.places) {
    const isUnknown = state === 'unverified' || state === 'not verified: Wine'
    add(
      'access',
      path,
      state === 'right' ? 'ok' : isUnknown ? 'not checked' : 'finding',
      isUnknown || state === 'absent' ? state : (access ?? state),
    )
  }
  const { control, rings } = found
  add(
    'control file',
    found.folder,
    control === undefined ? 'finding' : control.switchedOff ? 'note' : 'ok',
    control === undefined ? 'is there, but is not a control file' : control.switchedOff ? 'recording is switched off' : 'recording is on',
  )
  add(
    'rings',
    found.folder,
    rings === undefined ? 'not checked' : 'ok',
    rings === undefined ? 'cannot be listed by this account' : `${rings.count} rings, ${rings.bytes} bytes`,
  )
  const isFuture = (rings?.lastWrittenAt ?? 0) > now + 86_400_000
  add('clock', 'newest ring', isFuture ? 'finding' : 'ok', isFuture ? 'was written more than a day after this machine’s time' : '')
  const old = found.loaded.filter(({ build }) => build === 'old')
  add(
    'loaded copies',
    `${found.loaded.length} programs have the DLL loaded`,
    old.length === 0 ? 'ok' : 'note',
    old.map(({ image, processId }) => `${image} ${processId} has an old copy`).join(', '),
  )
  for (const one of auditNotifyees(machine)) {
    add(one.kind, `${one.name}${one.isOurs ? " (mprtap's)" : ''}`, one.findings.length === 0 ? 'ok' : 'finding', one.findings.join(' '))
  }
  addStrict(add, strict)
  if (typeof blocked === 'string') add('blocked loads', 'Code Integrity log', 'not checked', blocked)
  else if (blocked.length === 0) add('blocked loads', 'Code Integrity log', 'ok', 'no event names mprtap.dll')
  for (const load of typeof blocked === 'string' ? [] : blocked)
    add('blocked loads', `event ${load.eventId}`, 'finding', `${load.time} ${load.process} ${load.file}`)
  return checks
}

type Add = (area: string, what: string, result: Check['result'], detail?: string) => void

function addStrict(add: Add, strict: Observations['strict']): void {
  if (typeof strict === 'string') {
    add('strict programs', 'mitigation policies', 'not checked', strict)
    return
  }
  add('strict programs', `${strict.asked} programs asked`, 'ok', strict.closed > 0 ? `${strict.closed} do not let this account ask` : '')
  for (const { image, processId, needsSignature } of strict.strict) {
    const why = needsSignature
      ? "takes Microsoft's or the Store's signature only: what it maps is not recorded"
      : 'takes DLLs with Control Flow Guard only'
    add('strict programs', `${image} ${processId}`, 'note', why)
  }
}

/** What was recorded while a client connected. */
export interface Heard {
  readonly phase: 'pre' | 'post'
  readonly image: string
}

/** A client of this machine, and how to let it connect and disconnect. */
export interface Client {
  readonly name: string
  /** @returns how it ended, in a word or two; `undefined`: it is not on this machine. */
  connect(share: string): Promise<{ readonly isConnected: boolean; readonly text: string } | undefined>
  disconnect(share: string): Promise<void>
}

/** What `heard` during some work gives. */
export type Listen = (share: string, work: () => Promise<void>) => Promise<readonly Heard[]>

/** Lets every client connect to a share, one after the other, and says what was recorded. What a client made, and only that, is cancelled. */
export async function tryClients(clients: readonly Client[], share: string, listen: Listen): Promise<Check[]> {
  const checks: Check[] = []
  for (const client of clients) {
    let text: string | undefined
    const heard = await listen(share, async () => {
      const connected = await client.connect(share)
      text = connected?.text
      if (connected?.isConnected) await client.disconnect(share)
    })
    if (text === undefined) {
      checks.push({ area: 'client', what: client.name, result: 'not checked', detail: 'is not on this machine' })
      continue
    }
    const count = (phase: Heard['phase']) => heard.filter((one) => one.phase === phase).length
    const images = [...new Set(heard.map(({ image }) => image))].join(', ')
    const seen = heard.length === 0 ? 'not seen' : `seen: ${count('pre')} PRE, ${count('post')} POST, by ${images}`
    checks.push({ area: 'client', what: client.name, result: heard.length === 0 ? 'note' : 'ok', detail: `${text}; ${seen}` })
  }
  return checks
}
