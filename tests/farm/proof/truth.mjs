// Hosts whose rings are written here, and the journal of what was written: the truth that a reader of the stream is compared with.
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { RingWriter, ringFileName } from '../../../build/testing.js'

const SID = 'S-1-5-21-1004336348-1177238915-682003330-1108'
const FILETIME_1970 = 116_444_736_000_000_000n
const HOUR_MS = 3_600_000

const nameOf = (host, number) => `\\\\files01\\${host}-${number}`

/** What `number` of `host` looks like to a reader. */
function isAsWritten(host, number, { process: { id }, remoteName }) {
  return id === number && remoteName === nameOf(host, number)
}

export class Host {
  #ring
  /** By sequence: the number that was written there. */
  journal = []
  #number = 0
  #clockOffMs = 0

  constructor(folder, name, fileNumber) {
    this.name = name
    /** Where its rings are, as a forwarder of the host finds them; and the one ring. */
    this.folder = join(folder, name)
    this.ring = join(this.folder, 'users', ringFileName(SID))
    mkdirSync(join(this.folder, 'users'), { recursive: true })
    mkdirSync(join(this.folder, 'administrators'))
    this.#ring = RingWriter.create({ sid: SID, slotCountLog2: 10, fileId: BigInt(fileNumber) }, this.ring)
    const id = Buffer.alloc(8)
    id.writeBigUInt64LE(this.#ring.fileId)
    this.fileId = id.toString('hex')
  }

  /** From now on this host's clock is an hour off, or right again. */
  turnClock() {
    this.#clockOffMs = this.#clockOffMs === 0 ? (Math.random() < 0.5 ? HOUR_MS : -HOUR_MS) : 0
  }

  write(records) {
    for (let i = 0; i < records; i++) {
      const number = ++this.#number
      const wallTime = BigInt(Date.now() + this.#clockOffMs) * 10_000n + FILETIME_1970
      const sequence = this.#ring.append({
        kind: 'add',
        notifyStatus: 1,
        operationStatus: 0,
        flags: 0,
        wallTime,
        ticks: BigInt(number),
        ticksPerSecond: 10_000_000n,
        context: 0n,
        processStartTime: wallTime,
        logonId: 1n,
        processId: number,
        threadId: 1,
        sessionId: 1,
        resourceType: 1,
        force: false,
        ownerWindow: false,
        pointer32: false,
        impersonated: false,
        remoteName: nameOf(this.name, number),
        localName: 'P:',
        provider: null,
        imageName: 'net.exe',
      })
      this.journal[Number(sequence)] = number
    }
  }

  close() {
    this.#ring.close()
  }
}

const DELIVERED = 1
const LOST = 2

/** What one reading of the stream got. */
export class Reading {
  /** By file id: marks by sequence. */
  #marks = new Map()
  #hosts
  repeated = 0
  /** Sentences about what should not be. */
  wrong = []
  delivered = 0
  #told = 0

  /** By file id: the last sequence. */
  #last = new Map()
  /** Files that readers write, and how far they were read. */
  #files

  /** @param files of lines that readers of the proof write */
  constructor(hosts, files = []) {
    this.#files = files.map((path) => ({ path, at: 0 }))
    this.#hosts = new Map(hosts.map((host) => [host.fileId, host]))
    for (const { fileId } of hosts) this.#marks.set(fileId, [])
  }

  take(row) {
    const [fileId] = row.id.split('-')
    const host = this.#hosts.get(fileId)
    const number = host?.journal[row.sequence]
    if (host === undefined || row.host !== host.name || number === undefined || !isAsWritten(host.name, number, row))
      return this.wrong.push(`${row.host} ${row.id} was not written`)
    if (row.sequence < (this.#last.get(fileId) ?? 0)) this.wrong.push(`${row.host} ${row.id} comes after ${this.#last.get(fileId)}`)
    this.#last.set(fileId, row.sequence)
    const marks = this.#marks.get(fileId)
    if (marks[row.sequence] & DELIVERED) this.repeated++
    else this.delivered++
    marks[row.sequence] |= DELIVERED
  }

  lose({ fileId, first, count, reason }) {
    const marks = this.#marks.get(fileId)
    if (!marks || first === undefined) return this.wrong.push(`a loss of ${fileId} (${reason}) was told, which no host has`)
    for (let sequence = first; sequence < first + count; sequence++) {
      if (this.#hosts.get(fileId).journal[sequence] === undefined)
        this.wrong.push(`${sequence} of ${fileId} is told as lost (${reason}), and was never written`)
      marks[sequence] |= LOST
    }
    this.#told += count
  }

  /** What the files have got since the last time. @returns how much of what was journalled is heard of */
  readOn() {
    for (const file of this.#files) {
      if (!existsSync(file.path)) continue
      const descriptor = openSync(file.path)
      const bytes = Buffer.alloc(fstatSync(descriptor).size - file.at)
      readSync(descriptor, bytes, 0, bytes.length, file.at)
      closeSync(descriptor)
      const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1)
      file.at += whole.length
      for (const line of whole.toString().split('\n').slice(0, -1)) {
        const { loss, ...row } = JSON.parse(line)
        if (loss) this.lose(loss)
        else this.take(row)
      }
    }
    return this.heard
  }

  /** How much of what was journalled it has heard of. */
  get heard() {
    return this.delivered + this.#told
  }

  /** Every journalled record is delivered, or told as lost, and not both. @param later another reading, for what this one had not heard of when it ended. */
  judge(later = this) {
    let lost = 0
    let toldLost = 0
    let delivered = 0
    for (const [fileId, { journal, name }] of this.#hosts) {
      const marks = this.#marks.get(fileId)
      for (let sequence = 0; sequence < journal.length; sequence++) {
        const mark = marks[sequence] ?? later.#marks.get(fileId)[sequence] ?? 0
        if (mark === 0) lost++
        else if (mark === LOST) toldLost++
        else if (mark === DELIVERED) delivered++
        else this.wrong.push(`${sequence} of ${name} was delivered, and told as lost`)
      }
    }
    return { delivered, toldLost, lost, repeated: this.repeated, wrong: this.wrong.length }
  }
}
