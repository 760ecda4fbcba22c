import { LEVEL_NOTIFICATION, STRING_ID_ABSENT, STRING_ID_EMPTY, TRAIT_HAS_STATUS } from '../../assembly/abi.ts'
import { configure } from '../../assembly/index.ts'
import { WINDOW } from '../../assembly/memory.ts'
import { Record } from '../../assembly/record.ts'
import {
  ROW_CONTEXT,
  ROW_DURATION,
  ROW_FLAGS,
  ROW_FULL_UNITS,
  ROW_IMAGE_NAME,
  ROW_KIND,
  ROW_LOCAL_NAME,
  ROW_LOGON_ID,
  ROW_NOTIFY_STATUS,
  ROW_OUTCOME,
  ROW_PHASE,
  ROW_PROCESS_ID,
  ROW_PROVIDER,
  ROW_REMOTE_NAME,
  ROW_RESOURCE_TYPE,
  ROW_RING,
  ROW_SEQUENCE,
  ROW_SESSION_ID,
  ROW_STATUS,
  ROW_THREAD_ID,
  ROW_TRAITS,
} from '../../assembly/row.ts'
import { vectors } from '../../build/core-vectors.ts'
import {
  DESCRIPTOR_SIZE,
  KIND_CANCEL,
  NOTIFY_POST,
  NOTIFY_PRE,
  RECORD_DESCRIPTORS,
  RECORD_KIND,
  RECORD_NOTIFY_STATUS,
  RECORD_RECORD_FLAGS,
  RECORD_STRINGS,
  RECORD_USED,
  SLOT_SIZE,
  STRING_PRESENT,
  STRING_TRUNCATED,
  STRING_UNREADABLE,
  STRING_WIDE,
} from '../../format/layout.ts'
import { bytesOf } from './hexadecimal.ts'
import { FILE_ID, Fields, putRecord } from './ring-image.ts'
import { seal } from './scalar-checksum.ts'
import { textOf } from './strings.ts'

const SLOT: usize = WINDOW
const SEQUENCE: u64 = 77

function decode(): bool {
  return Record.decode(SLOT, FILE_ID, SEQUENCE, 5, false)
}

function put(fields: Fields): void {
  putRecord(SLOT, fields, FILE_ID, SEQUENCE)
}

/** Changes the ordinary record and gives it the checksum of what it is now. */
function sealed(): bool {
  seal(SLOT, FILE_ID, SEQUENCE)
  return decode()
}

function descriptor(string: usize): usize {
  return SLOT + RECORD_DESCRIPTORS + string * DESCRIPTOR_SIZE
}

function cancelOf(name: string): Fields {
  const fields = new Fields()
  fields.kind = KIND_CANCEL
  fields.remoteName = name
  fields.localName = null
  return fields
}

/** Decodes a cancel of `name`: whether that is taken for a device. */
function isDevice(name: string): bool {
  put(cancelOf(name))
  if (!decode()) return false
  const remote = load<u32>(SLOT + ROW_REMOTE_NAME)
  const local = load<u32>(SLOT + ROW_LOCAL_NAME)
  const device = remote == STRING_ID_ABSENT && textOf(local) == name
  const resource = local == STRING_ID_ABSENT && textOf(remote) == name
  assert(device != resource, name)
  return device
}

describe('a record', () => {
  beforeEach(() => {
    configure(LEVEL_NOTIFICATION, 1000, 1)
    put(new Fields())
  })

  it('of the golden vectors becomes a row with every field as expected', () => {
    for (let i = 0; i < vectors.length; i++) {
      const vector = vectors[i]
      memory.copy(SLOT, bytesOf(vector.slot), SLOT_SIZE)
      expect(Record.decode(SLOT, vector.fileId, vector.sequence, 3, false)).toBe(true, vector.name)
      expect(load<u64>(SLOT + ROW_SEQUENCE)).toBe(vector.sequence, vector.name)
      expect(<u32>load<u8>(SLOT + ROW_KIND)).toBe(vector.kind, vector.name)
      expect(<u32>load<u8>(SLOT + ROW_PHASE)).toBe(vector.phase, vector.name)
      expect(<u32>load<u8>(SLOT + ROW_OUTCOME)).toBe(0, vector.name)
      expect(load<u32>(SLOT + ROW_RING)).toBe(3, vector.name)
      expect(isNaN(load<f64>(SLOT + ROW_DURATION))).toBe(true, vector.name)
      expect(load<u32>(SLOT + ROW_NOTIFY_STATUS)).toBe(vector.notifyStatus, vector.name)
      expect(load<u32>(SLOT + ROW_FLAGS)).toBe(vector.flags, vector.name)
      expect(load<u64>(SLOT + ROW_CONTEXT)).toBe(vector.context, vector.name)
      expect(load<u64>(SLOT + ROW_LOGON_ID)).toBe(vector.logonId, vector.name)
      expect(load<u32>(SLOT + ROW_PROCESS_ID)).toBe(vector.processId, vector.name)
      expect(load<u32>(SLOT + ROW_THREAD_ID)).toBe(vector.threadId, vector.name)
      expect(load<u32>(SLOT + ROW_SESSION_ID)).toBe(vector.sessionId, vector.name)
      expect(load<u32>(SLOT + ROW_RESOURCE_TYPE)).toBe(vector.resourceType, vector.name)
      const traits = load<u32>(SLOT + ROW_TRAITS)
      expect(traits & 0xff).toBe(vector.recordFlags, vector.name)
      expect((traits & TRAIT_HAS_STATUS) != 0).toBe(vector.phase == 2, vector.name)
      if (vector.phase == 2) expect(load<u32>(SLOT + ROW_STATUS)).toBe(vector.status, vector.name)
    }
  })

  it('of the golden vectors has the names expected, cut where expected', () => {
    for (let i = 0; i < vectors.length; i++) {
      const vector = vectors[i]
      memory.copy(SLOT, bytesOf(vector.slot), SLOT_SIZE)
      Record.decode(SLOT, vector.fileId, vector.sequence, 3, false)
      // The one name of a cancel is stored as the remote name; a device among them is handed on as the local name.
      const moved = load<u32>(SLOT + ROW_REMOTE_NAME) == STRING_ID_ABSENT && vector.remoteName !== null
      expect(textOf(load<u32>(SLOT + (moved ? ROW_LOCAL_NAME : ROW_REMOTE_NAME)))).toBe(vector.remoteName, vector.name)
      if (!moved) expect(textOf(load<u32>(SLOT + ROW_LOCAL_NAME))).toBe(vector.localName, vector.name)
      expect(textOf(load<u32>(SLOT + ROW_PROVIDER))).toBe(vector.provider, vector.name)
      expect(textOf(load<u32>(SLOT + ROW_IMAGE_NAME))).toBe(vector.imageName, vector.name)
      const cut = (load<u32>(SLOT + ROW_TRAITS) >> 8) & 0xf
      const expected =
        <u32>(vector.remoteNameCut != 0) |
        ((<u32>(vector.localNameCut != 0)) << 1) |
        ((<u32>(vector.providerCut != 0)) << 2) |
        ((<u32>(vector.imageNameCut != 0)) << 3)
      expect(cut).toBe(expected, vector.name)
      if (cut & 1) expect(<u32>load<u16>(SLOT + ROW_FULL_UNITS, 0)).toBe(vector.remoteNameCut, vector.name)
      if (cut & 2) expect(<u32>load<u16>(SLOT + ROW_FULL_UNITS, 2)).toBe(vector.localNameCut, vector.name)
      if (cut & 4) expect(<u32>load<u16>(SLOT + ROW_FULL_UNITS, 4)).toBe(vector.providerCut, vector.name)
      if (cut & 8) expect(<u32>load<u16>(SLOT + ROW_FULL_UNITS, 6)).toBe(vector.imageNameCut, vector.name)
    }
  })

  it('is true for its own file and sequence only', () => {
    expect(Record.decode(SLOT, FILE_ID ^ 1, SEQUENCE, 0, false)).toBe(false)
    expect(Record.decode(SLOT, FILE_ID, SEQUENCE + 1, 0, false)).toBe(false)
    expect(Record.decode(SLOT, FILE_ID, SEQUENCE + 0x100000000, 0, false)).toBe(false)
    expect(Record.decode(SLOT, FILE_ID, SEQUENCE, 0, false)).toBe(true)
  })

  it('is refused, and its slot left as it was, when any bit of what the checksum covers is flipped', () => {
    const used = <usize>load<u16>(SLOT + RECORD_USED)
    for (let bit: usize = 64; bit < used * 8; bit++) {
      const at = SLOT + (bit >> 3)
      store<u8>(at, load<u8>(at) ^ ((<u8>1) << (<u8>bit & 7)))
      expect(decode()).toBe(false)
      store<u8>(at, load<u8>(at) ^ ((<u8>1) << (<u8>bit & 7)))
    }
    expect(decode()).toBe(true)
  })

  it('is refused with a kind that is neither add nor cancel', () => {
    for (let kind: u32 = 0; kind < 256; kind++) {
      put(new Fields())
      store<u8>(SLOT + RECORD_KIND, <u8>kind)
      expect(sealed()).toBe(kind == 1 || kind == 2)
    }
  })

  it('is refused without PRE and POST, whatever other bits there are', () => {
    store<u32>(SLOT + RECORD_NOTIFY_STATUS, 0xfffffffc)
    expect(sealed()).toBe(false)
    store<u32>(SLOT + RECORD_NOTIFY_STATUS, 0xfffffffd)
    expect(sealed()).toBe(true)
  })

  it('is refused when a string stores more than it had', () => {
    for (let string: usize = 0; string < 4; string++) {
      const fields = new Fields()
      fields.provider = 'Microsoft Windows Network'
      put(fields)
      store<u16>(descriptor(string), load<u16>(descriptor(string), 2) - 1, 2)
      expect(sealed()).toBe(false)
    }
  })

  it('is refused when its length is not that of its strings', () => {
    const used = load<u16>(SLOT + RECORD_USED)
    for (let wrong: u32 = 0; wrong < 1024; wrong++) {
      if (wrong == <u32>used) continue
      put(new Fields())
      store<u16>(SLOT + RECORD_USED, <u16>wrong)
      expect(sealed()).toBe(false)
    }
  })

  it('is refused when its strings do not fit the slot, even if the checksum vouches for what lies behind it', () => {
    for (let string: usize = 0; string < 4; string++) {
      for (let units: u32 = 385; units < 65536; units += 977) {
        put(new Fields())
        store<u16>(descriptor(string), <u16>units)
        store<u16>(descriptor(string), 0xffff, 2)
        let blocks: u32 = 0
        for (let i: usize = 0; i < 4; i++) blocks += (<u32>load<u16>(descriptor(i)) + 15) >> 4
        store<u16>(SLOT + RECORD_USED, <u16>(RECORD_STRINGS + 16 * blocks))
        expect(sealed()).toBe(false)
      }
    }
  })

  it('of 24 blocks is the longest there is', () => {
    const fields = new Fields()
    fields.remoteName = 'r'.repeat(352)
    fields.localName = 'l'.repeat(16)
    fields.imageName = 'i'.repeat(16)
    put(fields)
    expect(<u32>load<u16>(SLOT + RECORD_USED)).toBe(512)
    expect(decode()).toBe(true)
    put(fields)
    store<u16>(descriptor(2), 1)
    store<u16>(descriptor(2), 1, 2)
    store<u16>(descriptor(2), STRING_PRESENT, 4)
    store<u16>(SLOT + RECORD_USED, 528)
    expect(sealed()).toBe(false)
  })

  it('tells absent names from empty ones', () => {
    const fields = new Fields()
    fields.remoteName = null
    fields.localName = ''
    put(fields)
    expect(decode()).toBe(true)
    expect(load<u32>(SLOT + ROW_REMOTE_NAME)).toBe(STRING_ID_ABSENT)
    expect(load<u32>(SLOT + ROW_LOCAL_NAME)).toBe(STRING_ID_EMPTY)
  })

  it('hands on which names were cut or unreadable, one bit each', () => {
    for (let string: usize = 0; string < 4; string++) {
      put(new Fields())
      store<u16>(descriptor(string), load<u16>(descriptor(string), 4) | STRING_TRUNCATED | STRING_UNREADABLE, 4)
      expect(sealed()).toBe(true)
      expect(load<u32>(SLOT + ROW_TRAITS)).toBe(((<u32>0x100) << (<u32>string)) | ((<u32>0x1000) << (<u32>string)))
    }
  })

  it('does not let a stranger set what the core itself says: the upper record flags are dropped', () => {
    store<u32>(SLOT + RECORD_RECORD_FLAGS, 0xffffff07)
    expect(sealed()).toBe(true)
    expect(load<u32>(SLOT + ROW_TRAITS)).toBe(7)
  })

  it('with both notify bits is a POST', () => {
    const fields = new Fields()
    fields.notifyStatus = NOTIFY_PRE | NOTIFY_POST
    put(fields)
    expect(decode()).toBe(true)
    expect(<u32>load<u8>(SLOT + ROW_PHASE)).toBe(2)
  })

  it('of a cancel: a drive letter, or a port with a number, is a device', () => {
    expect(isDevice('F:')).toBe(true)
    expect(isDevice('z:')).toBe(true)
    expect(isDevice('LPT1')).toBe(true)
    expect(isDevice('lpt9:')).toBe(true)
    expect(isDevice('COM2')).toBe(true)
    expect(isDevice('com10:')).toBe(true)
  })

  it('of a cancel: everything else is a resource', () => {
    expect(isDevice('F')).toBe(false)
    expect(isDevice('1:')).toBe(false)
    expect(isDevice('@:')).toBe(false)
    expect(isDevice('[:')).toBe(false)
    expect(isDevice('F;')).toBe(false)
    expect(isDevice('LPT')).toBe(false)
    expect(isDevice('LPT:')).toBe(false)
    expect(isDevice('LPT1::')).toBe(false)
    expect(isDevice('LPT1x')).toBe(false)
    expect(isDevice('COM12345')).toBe(false)
    expect(isDevice('PRN1')).toBe(false)
    expect(isDevice('\\\\files01\\a')).toBe(false)
    expect(isDevice('Ж:')).toBe(false)
  })

  it('of a cancel: a device that was cut stays where it stood; the form in which it is stored does not matter', () => {
    put(cancelOf('F:'))
    store<u16>(descriptor(0), STRING_PRESENT | STRING_TRUNCATED, 4)
    expect(sealed()).toBe(true)
    expect(textOf(load<u32>(SLOT + ROW_REMOTE_NAME))).toBe('F:')
    put(cancelOf('F:'))
    store<u16>(descriptor(0), STRING_PRESENT | STRING_WIDE, 4)
    store<u32>(SLOT + RECORD_STRINGS, 0x003a0046)
    expect(sealed()).toBe(true)
    expect(load<u32>(SLOT + ROW_REMOTE_NAME)).toBe(STRING_ID_ABSENT)
    expect(textOf(load<u32>(SLOT + ROW_LOCAL_NAME))).toBe('F:')
    // Two units whose first two bytes read "F:".
    put(cancelOf('\u3a46x'))
    expect(sealed()).toBe(true)
    expect(textOf(load<u32>(SLOT + ROW_REMOTE_NAME))).toBe('\u3a46x')
  })

  it('of an add: a device in the remote name stays there', () => {
    const fields = new Fields()
    fields.remoteName = 'F:'
    put(fields)
    decode()
    expect(textOf(load<u32>(SLOT + ROW_REMOTE_NAME))).toBe('F:')
    expect(textOf(load<u32>(SLOT + ROW_LOCAL_NAME))).toBe('P:')
  })
})
