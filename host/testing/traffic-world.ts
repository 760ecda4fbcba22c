import type { Random } from './random.ts'
import { fileTimeOf } from './time.ts'

// Who maps what in the generated traffic: servers, shares, users and their processes.

/** A file server of the generated traffic. */
export interface Server {
  readonly name: string
  /** Half of its answers take less, ms. */
  readonly medianMs: number
  /** Nothing answers there. */
  readonly down: boolean
}

/** What is mapped. */
export interface Share {
  readonly server: Server
  readonly remoteName: string
  readonly printer: boolean
}

/** A program that maps. */
export interface TrafficProcess {
  readonly id: number
  readonly image: string
  /** FILETIME. */
  readonly startTime: bigint
  readonly pointer32: boolean
  /** Threads that are not inside an operation; a new one is made when all are. */
  readonly idleThreads: number[]
  threads: number
}

/** Whose programs map. */
export interface TrafficUser {
  readonly sid: string
  /** Its ring belongs in the administrators' folder. */
  readonly privileged: boolean
  readonly logonId: bigint
  readonly sessionId: number
  /** Programs that run all day. */
  readonly processes: TrafficProcess[]
  /** What its drive letters point to. */
  readonly drives: Map<string, Share>
}

const SERVER_KINDS = ['fs', 'nas', 'files', 'dfs', 'home', 'app']
const PLACES = ['', '', '', '-ber', '-lon', '-nyc', '-osa']
const TOPICS =
  'finance hr legal sales projects engineering marketing archive scans public software templates backup media cad research it'.split(' ')
const SUFFIXES = ['', '$', '-old', '-2024', '-2025', ' (read only)', '-team']
const LATIN = ['Geschäftsführung', 'Comptabilité', 'Año fiscal', 'Ærøskøbing', 'Qualité', 'Prüfstände', 'Façade']
const WIDE = ['Бухгалтерия', '経理部', '共有フォルダー', '공유 자료', 'Łódź', 'Λογιστήριο', 'party 🎉', 'משאבי אנוש']
const RESIDENT_IMAGES = ['explorer.exe', 'SyncAgent.exe', 'OUTLOOK.EXE', 'DriveMapper.exe', 'ERPClient.exe']
const BRIEF_IMAGES = ['net.exe', 'powershell.exe', 'cscript.exe', 'wscript.exe', 'cmd.exe', 'LOGON32.EXE', 'mapdrv.exe']
const IMAGES_32 = new Set(['ERPClient.exe', 'LOGON32.EXE', 'mapdrv.exe'])
/** One server in this number is slow, or down: always some, whatever the seed. */
const SLOW_EVERY = 12
const DOWN_EVERY = 40
const NON_ASCII = 0.03
/** Process and thread ids are multiples of four on Windows. */
const ID_STEP = 4

export function makeServers(random: Random, count: number): Server[] {
  return Array.from({ length: count }, (_, i) => {
    const host = `${random.pick(SERVER_KINDS)}${random.pick(PLACES)}${String(i + 1).padStart(2, '0')}`
    const name = random.weighted([
      [14, host],
      [4, `${host}.corp.example`],
      [1, `10.20.${random.below(8)}.${10 + i}`],
      [1, `2001-db8--${(i + 16).toString(16)}.ipv6-literal.net`],
    ])
    const slow = i % SLOW_EVERY === SLOW_EVERY / 2
    return { name, medianMs: random.logNormal(slow ? 1_500 : 30, 0.4), down: i % DOWN_EVERY === DOWN_EVERY / 2 }
  })
}

export function makeShares(random: Random, count: number, servers: readonly Server[]): Share[] {
  return Array.from({ length: count }, (_, i) => {
    const server = random.pick(servers)
    if (random.chance(NON_ASCII)) {
      const name = random.pick(random.chance(0.5) ? LATIN : WIDE)
      return { server, remoteName: `\\\\${server.name}\\${name} ${i}`, printer: false }
    }
    if (random.chance(0.06)) return { server, remoteName: `\\\\${server.name}\\PRN-${1 + random.below(6)}.${i}`, printer: true }
    if (random.chance(0.15)) return { server, remoteName: `\\\\${server.name}\\home$\\u${1_000 + i}`, printer: false }
    return { server, remoteName: `\\\\${server.name}\\${random.pick(TOPICS)}${i}${random.pick(SUFFIXES)}`, printer: false }
  })
}

/** Makes processes with ids of their own. */
export class ProcessMaker {
  readonly #random: Random
  #made = 0

  constructor(random: Random) {
    this.#random = random
  }

  /** A program that runs all day, started before the traffic begins. */
  resident(beginMs: number): TrafficProcess {
    return this.#make(this.#random.pick(RESIDENT_IMAGES), beginMs - 1_000 * (60 + this.#random.below(3_600)))
  }

  /** A program that was started to do one thing. */
  brief(nowMs: number): TrafficProcess {
    return this.#make(this.#random.pick(BRIEF_IMAGES), Math.floor(nowMs) - 10 - this.#random.below(400))
  }

  #make(image: string, startMs: number): TrafficProcess {
    const id = ID_STEP * (500 + (this.#made++ % 250_000))
    return { id, image, startTime: fileTimeOf(startMs), pointer32: IMAGES_32.has(image), idleThreads: [], threads: 0 }
  }
}

/** The thread that the next operation of `process` runs on. */
export function takeThread(process: TrafficProcess): number {
  return process.idleThreads.pop() ?? process.id + ID_STEP * ++process.threads
}

/** LocalSystem, then `count` ordinary users. */
export function makeUsers(random: Random, count: number, processes: ProcessMaker, beginMs: number): TrafficUser[] {
  const domain = `S-1-5-21-${random.u32()}-${random.u32()}-${random.u32()}`
  const user = (sid: string, privileged: boolean, logonId: bigint, sessionId: number): TrafficUser => ({
    sid,
    privileged,
    logonId,
    sessionId,
    processes: Array.from({ length: 1 + random.below(4) }, () => processes.resident(beginMs)),
    drives: new Map(),
  })
  return [
    user('S-1-5-18', true, 0x3e7n, 0),
    ...Array.from({ length: count }, (_, i) => user(`${domain}-${1104 + i}`, false, BigInt(0x10000 + random.u32()), 2 + i)),
  ]
}
