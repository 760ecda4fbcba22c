// Mappings that `mprtap snapshot --json`, or `mprtap watch --json --with-snapshot`, saw: a file of newline-delimited JSON.
import { createReadStream, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { ObservedMapping } from '../analysis/history.ts'
import { MprtapError } from '../model/errors.ts'
import { openForReading } from '../system/open-for-reading.ts'

const FILE_MAX = 64 * 1024 * 1024
const LINE_MAX = 64 * 1024
const NAME_MAX = 32_767
const CHANGES = ['present', 'came', 'went'] as const satisfies readonly ObservedMapping['change'][]

/**
 * Reads the `observed` rows of a file; other lines that are JSON are passed over.
 *
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when the file does not hold a snapshot, with the line.
 */
export async function readSnapshot(path: string): Promise<ObservedMapping[]> {
  const wrong = (what: string) => new MprtapError('MPRTAP_INVALID_ARGUMENT', `${path}: ${what} Make it with "mprtap snapshot --json".`)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) throw wrong('the file is not there.')
  if (!stats.isFile()) throw wrong('it is not a regular file.')
  if (stats.size > FILE_MAX) throw wrong(`it has more than ${FILE_MAX} bytes.`)
  const found: ObservedMapping[] = []
  let number = 0
  const input = createReadStream(path, { encoding: 'utf8', fd: openForReading(path) })
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++
    if (line.trim() === '') continue
    if (line.length > LINE_MAX) throw wrong(`line ${number} is too long.`)
    const value = parsed(line)
    if (typeof value !== 'object' || value === null) throw wrong(`line ${number} is not a JSON object.`)
    if ((value as { type?: unknown }).type !== 'observed') continue
    const mapping = mappingOf(value as Record<string, unknown>)
    if (mapping === 'elsewhere') continue
    if (!mapping) throw wrong(`line ${number} lacks a field of an observed mapping, or one is of the wrong type.`)
    found.push(mapping)
  }
  return found
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** `elsewhere`: what Windows only remembers, or what belongs to no session. */
function mappingOf(value: Record<string, unknown>): ObservedMapping | 'elsewhere' | undefined {
  const { time, host, user, sessionId, logonId, localName, remoteName, isConnected, change = 'present' } = value
  const isName = (name: unknown) => typeof name === 'string' && name.length <= NAME_MAX
  const isAbsent = (field: unknown) => field === undefined || field === null
  if (isAbsent(sessionId) && isAbsent(logonId)) return 'elsewhere'
  if (isConnected === false && change === 'present') return 'elsewhere'
  const isGood =
    typeof time === 'number' &&
    Number.isFinite(time) &&
    Number.isInteger(sessionId) &&
    [user, logonId, remoteName].every(isName) &&
    [localName, host].every((name) => isAbsent(name) || isName(name)) &&
    CHANGES.includes(change as never)
  if (!isGood) return undefined
  return {
    time,
    host: (host as string | null) ?? undefined,
    user: user as string,
    sessionId: sessionId as number,
    logonId: logonId as string,
    localName: (localName as string | null) ?? undefined,
    remoteName: remoteName as string,
    change: change as ObservedMapping['change'],
  }
}
