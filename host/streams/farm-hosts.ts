// How the hosts of a farm are, by the last message of each: its headers say what the host knows of itself.

import type { JetStreamManager } from '@nats-io/jetstream'
import { HEADER_BEHIND, HEADER_EVERY, HEADER_LOST, HEADER_VERSION } from './message.ts'
import { parseSubject } from './subject.ts'

/** Questions to the engine at a time. */
const AT_ONCE = 32
const EVERY_MAX_SECONDS = 86_400

export interface FarmHost {
  readonly host: string
  readonly site: string
  /** When the engine took its last message, epoch ms. */
  readonly lastSeen: number
  /** How often it sends at least, ms. */
  readonly everyMs: number
  /** Records that waited on the host when it sent that. */
  readonly behind: number
  /** Records of the host that are lost. */
  readonly lost: number
  readonly version: string
  readonly messages: number
}

/** All hosts whose messages the stream still has, by name. @throws the library's errors. */
export async function farmHosts(manager: JetStreamManager, stream: string): Promise<FarmHost[]> {
  const { state } = await manager.streams.info(stream, { subjects_filter: 'mprtap.v1.>' })
  const subjects = Object.entries(state.subjects ?? {})
  const hosts: FarmHost[] = []
  const next = subjects.values()
  const ask = async () => {
    for (const [subject, messages] of next) {
      const host = await hostOf(manager, stream, subject, messages)
      if (host) hosts.push(host)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, ask))
  return hosts.sort((a, b) => (a.host < b.host ? -1 : 1))
}

async function hostOf(manager: JetStreamManager, stream: string, subject: string, messages: number): Promise<FarmHost | undefined> {
  const from = parseSubject(subject)
  if ('refusal' in from) return undefined
  const last = await manager.streams.getMessage(stream, { last_by_subj: subject })
  if (!last) return undefined
  const number = (name: string, most: number) => {
    const text = last.header?.get(name) ?? ''
    return /^\d{1,15}$/.test(text) ? Math.min(Number(text), most) : 0
  }
  const version = last.header?.get(HEADER_VERSION) ?? ''
  return {
    host: from.host,
    site: from.site,
    lastSeen: last.time.getTime(),
    everyMs: number(HEADER_EVERY, EVERY_MAX_SECONDS) * 1000,
    behind: number(HEADER_BEHIND, Number.MAX_SAFE_INTEGER),
    lost: number(HEADER_LOST, Number.MAX_SAFE_INTEGER),
    version: /^[\w.+-]{1,40}$/.test(version) ? version : 'unknown',
    messages,
  }
}
