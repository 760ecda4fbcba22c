// What Code Integrity wrote about our DLL: the XML of `wevtutil qe … /f:xml`. Only names and numbers are looked for, in text of bounded length; nothing
// of it is believed to be well-formed.

/** An event that names our DLL. */
export interface BlockedLoad {
  /** 3033 not signed as the process wants it, 3076 would be blocked (audit), 3077 blocked ("Understanding Application Control events"). */
  readonly eventId: number
  readonly time: string
  /** As the event has it: a path of a device. */
  readonly file: string
  readonly process: string
}

const EVENTS_MAX = 1000
const TEXT_MAX = 512

export const BLOCKED_EVENTS = [3033, 3063, 3076, 3077] as const

/** The arguments of wevtutil. */
export const BLOCKED_QUERY: readonly string[] = [
  'qe',
  'Microsoft-Windows-CodeIntegrity/Operational',
  `/q:*[System[(${BLOCKED_EVENTS.map((id) => `EventID=${id}`).join(' or ')})]]`,
  '/f:xml',
  '/rd:true',
  '/c:200',
]

export function blockedLoads(xml: string): BlockedLoad[] {
  const found: BlockedLoad[] = []
  for (const event of xml.split('<Event ').slice(1, EVENTS_MAX)) {
    const data = (name: RegExp) => decode(name.exec(event)?.[1] ?? '')
    const file = data(/<Data Name=['"]File ?Name(?:Buffer)?['"]>([^<]{0,512})/)
    if (!/\\mprtap\.dll$/i.test(file)) continue
    const eventId = Number(/<EventID[^>]{0,64}>(\d{1,6})</.exec(event)?.[1])
    const time = /SystemTime=['"]([\d:.TZ-]{1,40})['"]/.exec(event)?.[1] ?? ''
    found.push({ eventId, time, file, process: data(/<Data Name=['"]Process ?Name(?:Buffer)?['"]>([^<]{0,512})/) })
  }
  return found
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const decode = (text: string) => text.slice(0, TEXT_MAX).replace(/&(\w{2,4});/g, (whole, name: string) => ENTITIES[name] ?? whole)
