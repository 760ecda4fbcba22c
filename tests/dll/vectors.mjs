// Turns format/vectors.json into a C header, so that the C writer is held to the same bytes as the other two implementations.

const number = (value) => `${BigInt(value)}ull`
const bytes = (hex) =>
  `{${hex
    .match(/../g)
    .map((byte) => `0x${byte}`)
    .join(',')}}`

/** A string as UTF-16 units with their NUL; lone surrogates stay as they are. */
function units(name, text) {
  if (text === null) return [`#define ${name} NULL`]
  const list = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
  return [`static const uint16_t ${name}[] = {${[...list, 0].join(',')}};`]
}

export function vectorsHeader({ vectors }) {
  const lines = ['// Generated from format/vectors.json.']
  const rows = []
  vectors.forEach(({ name, fileId, sequence, input, slot }, i) => {
    const strings = ['remoteName', 'localName', 'provider', 'imageName'].map((field) => `v${i}_${field}`)
    lines.push(...units(strings[0], input.remoteName), ...units(strings[1], input.localName))
    lines.push(...units(strings[2], input.provider), ...units(strings[3], input.imageName))
    lines.push(`static const uint8_t v${i}_slot[] = ${bytes(slot)};`)
    const flags = [
      input.force && 'MPRTAP_RECORD_FLAG_FORCE',
      input.ownerWindow && 'MPRTAP_RECORD_FLAG_OWNER_WINDOW',
      input.pointer32 && 'MPRTAP_RECORD_FLAG_POINTER32',
      input.impersonated && 'MPRTAP_RECORD_FLAG_IMPERSONATED',
      '0',
    ].filter(Boolean)
    rows.push(`    {${JSON.stringify(name)}, 0x${fileId}ull, ${number(sequence)}, {`)
    rows.push(`        .kind = ${input.kind === 'add' ? 'MPRTAP_KIND_ADD' : 'MPRTAP_KIND_CANCEL'}, .record_flags = ${flags.join(' | ')},`)
    rows.push(`        .notify_status = ${input.notifyStatus}u, .operation_status = ${input.operationStatus}u, .flags = ${input.flags}u,`)
    rows.push(`        .wall_time = ${number(input.wallTime)}, .ticks = ${number(input.ticks)},`)
    rows.push(`        .ticks_per_second = ${number(input.ticksPerSecond)}, .context = ${number(input.context)},`)
    rows.push(`        .process_start_time = ${number(input.processStartTime)}, .logon_id = ${number(input.logonId)},`)
    rows.push(`        .process_id = ${input.processId}u, .thread_id = ${input.threadId}u, .session_id = ${input.sessionId}u,`)
    rows.push(`        .resource_type = ${input.resourceType}u,`)
    rows.push(`    }, {${strings.join(', ')}}, sizeof v${i}_slot, v${i}_slot},`)
  })
  return [...lines, 'static const struct vector vectors[] = {', ...rows, '};', ''].join('\n')
}
