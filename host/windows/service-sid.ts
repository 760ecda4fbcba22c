import { createHash } from 'node:crypto'

/**
 * SID of the virtual account `NT SERVICE\<name>`: S-1-5-80 and the SHA-1 of the name's capitals in UTF-16, as five numbers. It is the same on every
 * machine ("sc.exe showsid" prints it), so that an access list can name a service that is not there yet.
 */
export function serviceSid(name: string): string {
  const hash = createHash('sha1').update(Buffer.from(name.toUpperCase(), 'utf16le')).digest()
  return ['S-1-5-80', ...[0, 4, 8, 12, 16].map((at) => hash.readUInt32LE(at))].join('-')
}
