// A Wireshark dissector for captures, in Lua, made from the layouts. It shows what our own reader makes of a record, field by field; the checksum it only
// shows, since verifying it is the reader's.

import * as capture from '../../format/capture-layout.ts'
import * as layout from '../../format/layout.ts'
import { CONNECT_FLAGS } from '../model/connect-flags.ts'
import { HRESULT_OF_WIN32, statusNames } from '../model/status.ts'

/** Wireshark's own number for LINKTYPE_USER0, which its table of dissectors goes by. */
const WTAP_USER0 = 45
/** FILETIME ticks a second, and seconds from 1601 to 1970. */
const TICKS_A_SECOND = 10_000_000
const EPOCH_SECONDS = 11_644_473_600

type Display = 'u8' | 'u16' | 'u32' | 'hex32' | 'u64' | 'hex64'

/** A fixed field of the record that is shown as it stands. */
interface FixedField {
  readonly name: string
  readonly label: string
  readonly at: number
  readonly display: Display
  /** A Lua table of names for its values. */
  readonly names?: string
}

const FIXED: readonly FixedField[] = [
  { name: 'checksum', label: 'Checksum', at: layout.SLOT_CHECKSUM, display: 'hex64' },
  { name: 'used', label: 'Used bytes', at: layout.RECORD_USED, display: 'u16' },
  { name: 'kind', label: 'Kind', at: layout.RECORD_KIND, display: 'u8', names: 'kinds' },
  { name: 'version', label: "Writer's minor version", at: layout.RECORD_VERSION, display: 'u8' },
  { name: 'notify_status', label: 'Notify status', at: layout.RECORD_NOTIFY_STATUS, display: 'hex32' },
  { name: 'flags', label: 'Flags', at: layout.RECORD_FLAGS, display: 'hex32' },
  { name: 'wall_time', label: 'Wall time (FILETIME)', at: layout.RECORD_WALL_TIME, display: 'u64' },
  { name: 'ticks', label: 'Ticks', at: layout.RECORD_TICKS, display: 'u64' },
  { name: 'ticks_per_second', label: 'Ticks per second', at: layout.RECORD_TICKS_PER_SECOND, display: 'u64' },
  { name: 'context', label: 'Context', at: layout.RECORD_CONTEXT, display: 'hex64' },
  { name: 'process_start_time', label: 'Process start time (FILETIME)', at: layout.RECORD_PROCESS_START_TIME, display: 'u64' },
  { name: 'logon_id', label: 'Logon id', at: layout.RECORD_LOGON_ID, display: 'hex64' },
  { name: 'process_id', label: 'Process id', at: layout.RECORD_PROCESS_ID, display: 'u32' },
  { name: 'thread_id', label: 'Thread id', at: layout.RECORD_THREAD_ID, display: 'u32' },
  { name: 'session_id', label: 'Session id', at: layout.RECORD_SESSION_ID, display: 'u32' },
  { name: 'resource_type', label: 'Resource type', at: layout.RECORD_RESOURCE_TYPE, display: 'u32', names: 'resource_types' },
  { name: 'record_flags', label: 'Record flags', at: layout.RECORD_RECORD_FLAGS, display: 'hex32' },
]

/** In the order of their descriptors. */
const STRINGS = [
  ['remote_name', 'Remote name'],
  ['local_name', 'Local name'],
  ['provider', 'Provider'],
  ['image_name', 'Image name'],
] as const

const COUNTS = [
  ['position', 'Position', capture.ACCOUNT_POSITION],
  ['start', 'Start', capture.ACCOUNT_START],
  ['written', 'Written', capture.ACCOUNT_WRITTEN],
  ['overrun', 'Overrun', capture.ACCOUNT_OVERRUN],
  ['abandoned', 'Abandoned', capture.ACCOUNT_ABANDONED],
  ['corrupt', 'Corrupt', capture.ACCOUNT_CORRUPT],
  ['filtered', 'Filtered', capture.ACCOUNT_FILTERED],
  ['late', 'Committed late', capture.ACCOUNT_LATE],
  ['rewinds', 'Rewinds', capture.ACCOUNT_REWINDS],
  ['gave_up', 'Writers gave up', capture.ACCOUNT_GAVE_UP],
  ['faults', 'Writers faulted', capture.ACCOUNT_FAULTS],
  ['head', 'Head', capture.ACCOUNT_HEAD],
] as const

const PROTO_FIELDS: Readonly<Record<Display, string>> = {
  u8: 'uint8',
  u16: 'uint16',
  u32: 'uint32',
  hex32: 'uint32',
  u64: 'uint64',
  hex64: 'uint64',
}

/** The text of a Lua script for Wireshark 3.6 or later. */
export function dissectorScript(version: string): string {
  return `-- mprtap ${version}: shows the records of a capture of mprtap in Wireshark and tshark. Made from the ring's layout; do not edit.
-- Where to put it: "mprtap dissector --help".

local mprtap = Proto("mprtap", "Windows connection notification")

local packet_kinds = ${table([
    [capture.PACKET_RECORD, 'record'],
    [capture.PACKET_RUN, 'run'],
    [capture.PACKET_ACCOUNT, 'account'],
    [capture.PACKET_NAME, 'name'],
  ])}
local reasons = ${table([
    [capture.REASON_OVERRUN, 'overrun'],
    [capture.REASON_ABANDONED, 'abandoned'],
    [capture.REASON_CORRUPT, 'corrupt'],
    [capture.REASON_FILTERED, 'filtered'],
  ])}
local kinds = ${table([
    [layout.KIND_ADD, 'add'],
    [layout.KIND_CANCEL, 'cancel'],
  ])}
local resource_types = ${table([
    [0, 'any'],
    [1, 'disk'],
    [2, 'print'],
  ])}
local statuses = ${table([...statusNames()])}

local f = {}
f.packet = ProtoField.uint8("mprtap.packet", "Packet", base.DEC, packet_kinds)
f.sequence = ProtoField.uint64("mprtap.sequence", "Sequence", base.DEC)
f.phase = ProtoField.string("mprtap.phase", "Phase")
f.status = ProtoField.uint32("mprtap.status", "Status", base.DEC, statuses)
f.outcome = ProtoField.string("mprtap.outcome", "Outcome")
f.time = ProtoField.absolute_time("mprtap.time", "Time", base.UTC)
f.response_to = ProtoField.uint64("mprtap.response_to", "Sequence of its PRE", base.DEC)
f.force = ProtoField.bool("mprtap.force", "Force", 32, nil, ${layout.RECORD_FLAG_FORCE})
f.owner_window = ProtoField.bool("mprtap.owner_window", "Owner window", 32, nil, ${layout.RECORD_FLAG_OWNER_WINDOW})
f.pointer32 = ProtoField.bool("mprtap.pointer32", "32-bit process", 32, nil, ${layout.RECORD_FLAG_POINTER32})
f.impersonated = ProtoField.bool("mprtap.impersonated", "Impersonated", 32, nil, ${layout.RECORD_FLAG_IMPERSONATED})
${FIXED.map(
  ({ name, label, display, names }) =>
    `f.${name} = ProtoField.${PROTO_FIELDS[display]}("mprtap.${name}", "${label}", ${display.startsWith('hex') ? 'base.HEX' : 'base.DEC'}${names ? `, ${names}` : ''})`,
).join('\n')}
${CONNECT_FLAGS.map(
  ([bit, name]) =>
    `f.${name.toLowerCase()} = ProtoField.bool("mprtap.flags.${name.toLowerCase().replace('connect_', '')}", "${name}", 32, nil, ${bit})`,
).join('\n')}
${STRINGS.map(
  ([name, label]) => `f.${name} = ProtoField.string("mprtap.${name}", "${label}")
f.${name}_length = ProtoField.uint16("mprtap.${name}.length", "${label}: full length", base.DEC)
f.${name}_truncated = ProtoField.bool("mprtap.${name}.truncated", "${label}: cut")
f.${name}_unreadable = ProtoField.bool("mprtap.${name}.unreadable", "${label}: could not be read to its end")`,
).join('\n')}
f.first = ProtoField.uint64("mprtap.run.first", "First", base.DEC)
f.count = ProtoField.uint64("mprtap.run.count", "Count", base.DEC)
f.reason = ProtoField.uint32("mprtap.run.reason", "Reason", base.DEC, reasons)
${COUNTS.map(([name, label]) => `f.account_${name} = ProtoField.uint64("mprtap.account.${name}", "${label}", base.DEC)`).join('\n')}
f.sid = ProtoField.string("mprtap.name.sid", "SID")
f.account_name = ProtoField.string("mprtap.name.account", "Account")
f.looked_up = ProtoField.absolute_time("mprtap.name.looked_up", "Looked up", base.UTC)
mprtap.fields = f

local failed = ProtoExpert.new("mprtap.failed", "The operation failed", expert.group.RESPONSE_CODE, expert.severity.WARN)
local lost = ProtoExpert.new("mprtap.lost", "Records were lost", expert.group.SEQUENCE, expert.severity.WARN)
local cut = ProtoExpert.new("mprtap.short", "The record is cut short", expert.group.MALFORMED, expert.severity.ERROR)
mprtap.experts = { failed, lost, cut }

local function has(value, flag)
  return math.floor(value / flag) % 2 == 1
end

-- Names come from strangers: nothing in the list of packets may steer a terminal or turn a line round.
local function safe(text)
  text = text:gsub("[\\0-\\31\\127]", "?")
  text = text:gsub("\\194[\\128-\\159]", "?")
  text = text:gsub("\\226\\128[\\139-\\143\\168-\\174]", "?")
  return (text:gsub("\\226\\129[\\160-\\175]", "?"))
end

local function time_of(range)
  local ticks = range:le_uint64()
  local second = UInt64(${TICKS_A_SECOND})
  return NSTime((ticks / second):tonumber() - ${EPOCH_SECONDS}, (ticks % second):tonumber() * 100)
end

-- UTF-16LE, or Latin-1, as UTF-8: range:string(ENC_ISO_8859_1) of Wireshark 4.0 cuts what becomes longer. Half a pair, which names can have, becomes U+FFFD and takes nothing else with it.
local function utf8_of(range, width)
  local out = {}
  local i = 0
  while i < range:len() do
    local unit = range(i, width):le_uint()
    i = i + width
    if unit >= 0xd800 and unit < 0xdc00 and i < range:len() then
      local low = range(i, 2):le_uint()
      if low >= 0xdc00 and low < 0xe000 then
        unit = 0x10000 + (unit - 0xd800) * 0x400 + low - 0xdc00
        i = i + 2
      end
    end
    if unit >= 0xd800 and unit < 0xe000 then unit = 0xfffd end
    if unit < 0x80 then
      out[#out + 1] = string.char(unit)
    elseif unit < 0x800 then
      out[#out + 1] = string.char(0xc0 + math.floor(unit / 0x40), 0x80 + unit % 0x40)
    elseif unit < 0x10000 then
      out[#out + 1] = string.char(0xe0 + math.floor(unit / 0x1000), 0x80 + math.floor(unit / 0x40) % 0x40, 0x80 + unit % 0x40)
    else
      out[#out + 1] = string.char(0xf0 + math.floor(unit / 0x40000), 0x80 + math.floor(unit / 0x1000) % 0x40,
        0x80 + math.floor(unit / 0x40) % 0x40, 0x80 + unit % 0x40)
    end
  end
  return table.concat(out)
end

local function is_device_name(text)
  local lower = text:lower()
  return lower:match("^[a-z]:$") ~= nil or (#text <= 6 and (lower:match("^lpt%d+:?$") or lower:match("^com%d+:?$")) ~= nil)
end

-- Names by field; adds those that are there.
local function add_strings(tree, slot, kind)
  local names = {}
  local at = ${layout.RECORD_STRINGS}
  local fields = { ${STRINGS.map(([name]) => `"${name}"`).join(', ')} }
  local moved = false
  for i = 0, ${layout.STRING_COUNT - 1} do
    local descriptor = ${layout.RECORD_DESCRIPTORS} + i * ${layout.DESCRIPTOR_SIZE}
    local units = slot(descriptor + ${layout.DESCRIPTOR_STORED_UNITS}, 2):le_uint()
    local traits = slot(descriptor + ${layout.DESCRIPTOR_TRAITS}, 2):le_uint()
    local wide = has(traits, ${layout.STRING_WIDE})
    local bytes = wide and 2 * units or units
    if at + bytes > slot:len() then
      tree:add_proto_expert_info(cut)
      return names
    end
    if units > 0 or has(traits, ${layout.STRING_PRESENT}) then
      local name = fields[i + 1]
      local text = ""
      if units > 0 then
        local range = slot(at, bytes)
        text = utf8_of(range, wide and 2 or 1)
      end
      -- The one name of a cancel is stored as the remote name, whatever it names.
      if i == ${layout.STRING_REMOTE_NAME} and kind == ${layout.KIND_CANCEL} and not wide
        and not has(traits, ${layout.STRING_TRUNCATED}) and is_device_name(text) then
        name = "local_name"
        moved = true
      end
      if not (moved and i == ${layout.STRING_LOCAL_NAME}) then
        names[name] = text
        if units > 0 then tree:add(f[name], slot(at, bytes), text) else tree:add(f[name], text) end
        if has(traits, ${layout.STRING_TRUNCATED}) then
          tree:add(f[name .. "_truncated"], slot(descriptor + ${layout.DESCRIPTOR_TRAITS}, 2), true)
          tree:add_le(f[name .. "_length"], slot(descriptor + ${layout.DESCRIPTOR_FULL_UNITS}, 2))
        end
        if has(traits, ${layout.STRING_UNREADABLE}) then
          tree:add(f[name .. "_unreadable"], slot(descriptor + ${layout.DESCRIPTOR_TRAITS}, 2), true)
        end
      end
    end
    at = at + math.floor((bytes + ${layout.BLOCK_SIZE - 1}) / ${layout.BLOCK_SIZE}) * ${layout.BLOCK_SIZE}
  end
  return names
end

local function outcome_of(status)
  -- An HRESULT that holds a Win32 error code means that code.
  if status > ${HRESULT_OF_WIN32} and status <= ${HRESULT_OF_WIN32 + 0xffff} then status = status - ${HRESULT_OF_WIN32} end
  if status == 0 or status == 2108 or status == 2109 then return "succeeded" end
  if status == 1223 then return "cancelled" end
  return "failed"
end

local function add_record(buffer, pinfo, tree)
  if buffer:len() < ${capture.PACKET_BODY + layout.RECORD_STRINGS} then
    tree:add_proto_expert_info(cut)
    return
  end
  local slot = buffer(${capture.PACKET_BODY}):tvb()
  local sequence = slot(${layout.SLOT_STAMP}, 8):le_uint64():rshift(${layout.STAMP_SHIFT})
  tree:add(f.sequence, slot(${layout.SLOT_STAMP}, 8), sequence)
${FIXED.map(({ name, at, display }) => `  tree:add_le(f.${name}, slot(${at}, ${sizeOf(display)}))`).join('\n')}
  tree:add(f.time, slot(${layout.RECORD_WALL_TIME}, 8), time_of(slot(${layout.RECORD_WALL_TIME}, 8)))
  for _, flag in ipairs({ ${CONNECT_FLAGS.map(([, name]) => `"${name.toLowerCase()}"`).join(', ')} }) do
    tree:add_le(f[flag], slot(${layout.RECORD_FLAGS}, 4))
  end
  for _, flag in ipairs({ "force", "owner_window", "pointer32", "impersonated" }) do
    tree:add_le(f[flag], slot(${layout.RECORD_RECORD_FLAGS}, 4))
  end
  local kind = slot(${layout.RECORD_KIND}, 1):uint()
  local is_post = has(slot(${layout.RECORD_NOTIFY_STATUS}, 4):le_uint(), ${layout.NOTIFY_POST})
  tree:add(f.phase, slot(${layout.RECORD_NOTIFY_STATUS}, 4), is_post and "post" or "pre")
  local text = (kinds[kind] or "?") .. (is_post and " POST" or " PRE")
  local names = add_strings(tree, slot, kind)
  if names.remote_name then text = text .. " " .. names.remote_name end
  if names.local_name then text = text .. " " .. names.local_name end
  if is_post then
    local status = slot(${layout.RECORD_OPERATION_STATUS}, 4):le_uint()
    local outcome = outcome_of(status)
    local item = tree:add_le(f.status, slot(${layout.RECORD_OPERATION_STATUS}, 4))
    tree:add(f.outcome, slot(${layout.RECORD_OPERATION_STATUS}, 4), outcome):set_generated()
    text = text .. ", " .. (outcome == "succeeded" and outcome or statuses[status] or tostring(status))
    if outcome == "failed" then item:add_proto_expert_info(failed) end
    -- The writer left its PRE's sequence + 1 in the context; all ones when the PRE was not written.
    local context = slot(${layout.RECORD_CONTEXT}, 8)
    local low = context:le_uint64():lower()
    if low ~= ${layout.CONTEXT_NOT_WRITTEN} and context:le_uint64() ~= UInt64(0) then
      tree:add(f.response_to, context, context:le_uint64() - UInt64(1)):set_generated()
    end
  end
  pinfo.cols.info = safe(text)
  if names.image_name then pinfo.cols.src = safe(names.image_name) end
  if names.remote_name then pinfo.cols.dst = safe(names.remote_name:match("^\\\\\\\\([^\\\\]+)") or names.remote_name) end
end

local function add_run(buffer, pinfo, tree)
  if buffer:len() < ${capture.RUN_SIZE} then return end
  local reason = buffer(${capture.RUN_REASON}, 4):le_uint()
  tree:add_le(f.first, buffer(${capture.RUN_FIRST}, 8))
  tree:add_le(f.count, buffer(${capture.RUN_COUNT}, 8))
  local item = tree:add_le(f.reason, buffer(${capture.RUN_REASON}, 4))
  if reason ~= ${capture.REASON_FILTERED} then item:add_proto_expert_info(lost) end
  pinfo.cols.info = string.format("%s: %s records from %s", reasons[reason] or "missing", buffer(${capture.RUN_COUNT}, 8):le_uint64(),
    buffer(${capture.RUN_FIRST}, 8):le_uint64())
end

local function add_account(buffer, pinfo, tree)
  if buffer:len() < ${capture.ACCOUNT_SIZE} then return end
  tree:add(f.time, buffer(${capture.ACCOUNT_TIME}, 8), time_of(buffer(${capture.ACCOUNT_TIME}, 8)))
${COUNTS.map(([name, , at]) => `  tree:add_le(f.account_${name}, buffer(${at}, 8))`).join('\n')}
  pinfo.cols.info = string.format("account: up to %s", buffer(${capture.ACCOUNT_POSITION}, 8):le_uint64())
end

local function add_name(buffer, pinfo, tree)
  if buffer:len() < ${capture.NAME_TEXT} then return end
  local sid = buffer(${capture.NAME_SID_LENGTH}, 2):le_uint()
  local name = buffer(${capture.NAME_LENGTH}, 2):le_uint()
  if sid == 0 or name == 0 or ${capture.NAME_TEXT} + sid + name > buffer:len() then return end
  tree:add(f.looked_up, buffer(${capture.NAME_LOOKED_UP}, 8), time_of(buffer(${capture.NAME_LOOKED_UP}, 8)))
  tree:add(f.sid, buffer(${capture.NAME_TEXT}, sid), buffer(${capture.NAME_TEXT}, sid):string(ENC_UTF_8))
  tree:add(f.account_name, buffer(${capture.NAME_TEXT} + sid, name), buffer(${capture.NAME_TEXT} + sid, name):string(ENC_UTF_8))
  pinfo.cols.info = safe("name: " .. buffer(${capture.NAME_TEXT}, sid):string(ENC_UTF_8) .. " is "
    .. buffer(${capture.NAME_TEXT} + sid, name):string(ENC_UTF_8))
end

local add = {
  [${capture.PACKET_RECORD}] = add_record,
  [${capture.PACKET_RUN}] = add_run,
  [${capture.PACKET_ACCOUNT}] = add_account,
  [${capture.PACKET_NAME}] = add_name,
}

function mprtap.dissector(buffer, pinfo, tree)
  -- The link type belongs to everybody: what does not begin with our magic is left to others.
  if buffer:len() < ${capture.PACKET_BODY} or buffer(${capture.PACKET_MAGIC}, 4):le_uint() ~= ${capture.PACKET_MAGIC_VALUE} then return 0 end
  if buffer(${capture.PACKET_MAJOR}, 1):uint() ~= ${capture.PACKET_MAJOR_VALUE} then return 0 end
  pinfo.cols.protocol = "mprtap"
  local kind = buffer(${capture.PACKET_KIND}, 1):uint()
  local subtree = tree:add(mprtap, buffer())
  subtree:add(f.packet, buffer(${capture.PACKET_KIND}, 1))
  if add[kind] then add[kind](buffer, pinfo, subtree) end
  return buffer:len()
end

DissectorTable.get("wtap_encap"):add(${WTAP_USER0}, mprtap)
`
}

function sizeOf(display: Display): number {
  return { u8: 1, u16: 2, u32: 4, hex32: 4, u64: 8, hex64: 8 }[display]
}

/** A Lua table of names by number. */
function table(entries: readonly (readonly [number, string])[]): string {
  return `{ ${entries.map(([value, name]) => `[${value}] = "${name}"`).join(', ')} }`
}
