// What is mapped now: restored drives too, for which there was no notification (docs/coverage.md).

import { MprtapError } from '../model/errors.ts'
import type { Registry, RegistryValue } from '../model/machine.ts'
import type { LogonSession, Observed, Snapshot } from '../model/observed.ts'
import { invalidOption, readOptions } from '../model/options.ts'
import type { ConnectionList, ConnectionLists } from '../system/connection-lists.ts'

/** How long Windows may take to list connections, ms. */
const LIMIT_MS = 30_000
/** Registry values of remembered drives that are read, over all users. */
const REMEMBERED_MAX = 10_000
const TYPES: Readonly<Record<number, Observed['resourceType']>> = { 0: 'any', 1: 'disk', 2: 'print' }
const ERROR_NO_NETWORK = 1222
const PROFILES_KEY = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList'
const POLICIES_KEY = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System'
/** SIDs of people; what else is below HKEY_USERS belongs to services and classes. */
const PERSON = /^S-1-(?:5-21|12-1)-[\d-]+$/

/** What `snapshot()` asks for. */
export interface SnapshotOptions {
  /** Also what Windows remembers for the other users whose registry is loaded. Needs an elevated process. */
  readonly allUsers?: boolean | undefined
  /** How long Windows may take, ms. Default 30,000: a network provider may wait for its network. */
  readonly limitMs?: number | undefined
}

/** What a snapshot asks of Windows. */
export interface SnapshotSystem {
  session(): LogonSession
  list(limitMs: number): Promise<ConnectionLists | 'late' | undefined>
  readonly registry: Registry
  wall(): number
}

/**
 * Lists what is mapped now in the logon session of this process, restored and remembered connections included.
 *
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT elsewhere than on Windows, or when `allUsers` is asked for without the rights; MPRTAP_SNAPSHOT when Windows
 * does not list them, or not in time.
 */
export async function snapshot(options: SnapshotOptions = {}): Promise<Snapshot> {
  const checked = checkOptions(options)
  if (process.platform !== 'win32')
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `Connections are listed on Windows only; this is ${process.platform}.`)
  return takeSnapshot(await thisSystem(), checked)
}

function checkOptions(given: SnapshotOptions): SnapshotOptions {
  const options = readOptions<SnapshotOptions>(given, ['allUsers', 'limitMs'], 'snapshot()')
  const { allUsers, limitMs } = options
  if (allUsers !== undefined && typeof allUsers !== 'boolean') invalidOption('allUsers', allUsers, 'true or false')
  if (limitMs !== undefined && !(Number.isFinite(limitMs) && limitMs > 0))
    invalidOption('limitMs', limitMs, 'a number of milliseconds above 0')
  return options
}

async function thisSystem(): Promise<SnapshotSystem> {
  const [{ elevation, logonSession }, { currentUserSid }, { windowsRegistry }, { listConnections }, { systemClock }] = await Promise.all([
    import('../system/token.ts'),
    import('../system/windows.ts'),
    import('../system/registry.ts'),
    import('../system/connection-lists.ts'),
    import('../system/clock.ts'),
  ])
  const session = () => {
    const facts = logonSession()
    const user = currentUserSid()
    if (!facts || !user) throw new MprtapError('MPRTAP_SNAPSHOT', 'Windows does not tell the logon session of this process.')
    return { user, ...facts, elevation: elevation() }
  }
  return { session, list: listConnections, registry: windowsRegistry, wall: () => systemClock.wall() }
}

/** The same, of any system. */
export async function takeSnapshot(system: SnapshotSystem, options: SnapshotOptions = {}): Promise<Snapshot> {
  const { allUsers = false, limitMs = LIMIT_MS } = options
  const session = system.session()
  if (allUsers && session.elevation !== 'elevated')
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', "Other users' drives are read with administrator rights only; run it elevated.")
  const unseen: string[] = []
  const lists = await listsOf(system, limitMs)
  const connected = wholeOf(lists.connected, 'connections')
  const remembered = wholeOf(lists.remembered, 'remembered connections')
  const time = system.wall()
  const own = { type: 'observed', time, user: session.user, change: 'present' } as const
  const nameOf = (localName: string, remoteName: string) => `${localName}\0${remoteName}`.toLowerCase()
  const kept = new Set(remembered.map(({ localName, remoteName }) => nameOf(localName, remoteName)))
  const there = new Set(connected.map(({ localName, remoteName }) => nameOf(localName, remoteName)))
  const row = ({ localName, remoteName, provider, type }: (typeof connected)[number], isConnected: boolean): Observed => ({
    ...own,
    sessionId: session.sessionId,
    logonId: session.logonId,
    localName: localName || undefined,
    remoteName,
    provider: provider || undefined,
    resourceType: TYPES[type] ?? type,
    isConnected,
    isRemembered: kept.has(nameOf(localName, remoteName)),
  })
  const connections = connected.map((one) => row(one, true))
  for (const one of remembered) if (!there.has(nameOf(one.localName, one.remoteName))) connections.push(row(one, false))
  unseen.push(...blindOf(system, session))
  if (allUsers) connections.push(...othersOf(system, session, time, unseen))
  return { time, session, connections, unseen }
}

async function listsOf(system: SnapshotSystem, limitMs: number): Promise<ConnectionLists> {
  const lists = await system.list(limitMs)
  if (lists === undefined)
    throw new MprtapError('MPRTAP_SNAPSHOT', 'Windows cannot be asked: no process may be started, or koffi is missing.')
  if (lists !== 'late') return lists
  const message = `Windows has not listed the connections within ${limitMs / 1000} s: a network provider does not answer. See "mprtap notifyees" for the providers of this machine.`
  throw new MprtapError('MPRTAP_SNAPSHOT', message)
}

function wholeOf({ status, connections }: ConnectionList, what: string): ConnectionList['connections'] {
  if (status === 0) return connections
  const why = status === ERROR_NO_NETWORK ? ': no network provider is there, or the Workstation service has not started' : ''
  throw new MprtapError('MPRTAP_SNAPSHOT', `Windows does not list the ${what} (error ${status}${why}).`)
}

/** What this session cannot see of its own person's connections ("Mapped drives are not available from an elevated prompt", KB 3035277). */
function blindOf({ registry }: SnapshotSystem, session: LogonSession): string[] {
  if (session.elevation !== 'elevated') return []
  const linked = registryValue(registry, POLICIES_KEY, 'EnableLinkedConnections')
  if (linked && linked.data.length === 4 && linked.data[0] === 1) return []
  return ["This process is elevated, so it has a logon session of its own: the drives of the same person's other programs are not in it."]
}

/** Drives that Windows remembers for users whose registry is loaded. */
function othersOf({ registry }: SnapshotSystem, session: LogonSession, time: number, unseen: string[]): Observed[] {
  const found: Observed[] = []
  const loaded = (registry.keys('HKU') ?? []).filter((sid) => PERSON.test(sid))
  for (const user of loaded.filter((sid) => sid !== session.user)) {
    let letters: readonly string[]
    try {
      letters = registry.keys(`HKU\\${user}\\Network`) ?? []
    } catch (error) {
      unseen.push(`The drives of ${user} cannot be read: ${(error as Error).message}.`)
      continue
    }
    for (const letter of letters) {
      if (found.length >= REMEMBERED_MAX) {
        unseen.push(`More than ${REMEMBERED_MAX} remembered drives; the others are left out.`)
        return found
      }
      const row = rememberedBy(registry, user, letter, time)
      if (row) found.push(row)
    }
  }
  const sleeping = (registry.keys(PROFILES_KEY) ?? []).filter((sid) => PERSON.test(sid) && !loaded.includes(sid)).length
  if (sleeping > 0)
    unseen.push(`${sleeping} users have a profile on this machine and are not logged on: what Windows remembers for them is not read.`)
  if (loaded.some((sid) => sid !== session.user))
    unseen.push(
      'Of other users only remembered drives can be seen; what is connected in their logon sessions, Windows lists to them alone.',
    )
  return found
}

function rememberedBy(registry: Registry, user: string, letter: string, time: number): Observed | undefined {
  const key = `HKU\\${user}\\Network\\${letter}`
  const remoteName = textOf(registryValue(registry, key, 'RemotePath'))
  if (remoteName === undefined) return undefined
  const type = registryValue(registry, key, 'ConnectionType')
  return {
    type: 'observed',
    time,
    user,
    sessionId: undefined,
    logonId: undefined,
    localName: letter.length === 1 ? `${letter}:` : letter,
    remoteName,
    provider: textOf(registryValue(registry, key, 'ProviderName')) || undefined,
    resourceType: TYPES[type?.data.length === 4 ? type.data[0]! : 1] ?? 'disk',
    isConnected: false,
    isRemembered: true,
    change: 'present',
  }
}

function registryValue(registry: Registry, key: string, name: string): RegistryValue | undefined {
  try {
    return registry.read(key, name)
  } catch {
    return undefined
  }
}

/** Text of a value up to its first NUL, nothing expanded; `undefined` when it is not a text. */
function textOf(value: RegistryValue | undefined): string | undefined {
  if (!value || value.isTooLong || (value.type !== 1 && value.type !== 2)) return undefined
  const { buffer, byteOffset, byteLength } = value.data
  return Buffer.from(buffer, byteOffset, byteLength & ~1)
    .toString('utf16le')
    .split('\0')[0]
}
