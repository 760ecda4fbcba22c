// What people write when they have no library: DataView and TextDecoder, an object a record. It looks at no stamp and no checksum and believes
// every length, so it does less than mprtap.

import * as layout from '../../../format/layout.ts'

const latin1 = new TextDecoder('latin1')
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true })
/** FILETIME of 1970-01-01, in ticks of 100 ns. */
const EPOCH = 116_444_736_000_000_000n

/** The record in the slot at `slot`. */
export function decodeOrdinarily(bytes: Uint8Array, view: DataView, slot: number) {
  const strings: (string | undefined)[] = []
  let at = slot + layout.RECORD_STRINGS
  for (let i = 0; i < layout.STRING_COUNT; i++) {
    const descriptor = slot + layout.RECORD_DESCRIPTORS + i * layout.DESCRIPTOR_SIZE
    const units = view.getUint16(descriptor + layout.DESCRIPTOR_STORED_UNITS, true)
    const traits = view.getUint16(descriptor + layout.DESCRIPTOR_TRAITS, true)
    const isWide = (traits & layout.STRING_WIDE) !== 0
    const length = isWide ? 2 * units : units
    const isThere = (traits & layout.STRING_PRESENT) !== 0
    strings.push(isThere ? (isWide ? utf16 : latin1).decode(bytes.subarray(at, at + length)) : undefined)
    at += (length + layout.BLOCK_SIZE - 1) & -layout.BLOCK_SIZE
  }
  const [remoteName, localName, provider, image] = strings
  const notifyStatus = view.getUint32(slot + layout.RECORD_NOTIFY_STATUS, true)
  const isPost = (notifyStatus & layout.NOTIFY_POST) !== 0
  return {
    kind: view.getUint8(slot + layout.RECORD_KIND) === layout.KIND_ADD ? 'add' : 'cancel',
    phase: isPost ? 'post' : 'pre',
    time: Number((view.getBigUint64(slot + layout.RECORD_WALL_TIME, true) - EPOCH) / 10_000n),
    status: isPost ? view.getUint32(slot + layout.RECORD_OPERATION_STATUS, true) : undefined,
    context: `0x${view.getBigUint64(slot + layout.RECORD_CONTEXT, true).toString(16)}`,
    remoteName,
    localName,
    provider,
    image,
    flags: view.getUint32(slot + layout.RECORD_FLAGS, true),
    processId: view.getUint32(slot + layout.RECORD_PROCESS_ID, true),
    threadId: view.getUint32(slot + layout.RECORD_THREAD_ID, true),
    sessionId: view.getUint32(slot + layout.RECORD_SESSION_ID, true),
    logonId: `0x${view.getBigUint64(slot + layout.RECORD_LOGON_ID, true).toString(16)}`,
  }
}
