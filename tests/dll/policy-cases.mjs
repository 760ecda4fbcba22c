// Turns format/policy-cases.json into a C header, so that the writer's policy is held to the same table as the host's.

const DIRECTORIES = { none: 'DIRECTORY_NONE', users: 'DIRECTORY_USERS', administrators: 'DIRECTORY_ADMINISTRATORS' }

/** The binary form of "S-1-<authority>-<sub-authority>…" as an initialiser of struct sid. */
function sid(text) {
  const [authority, ...subAuthorities] = text.split('-').slice(2).map(Number)
  const bytes = Buffer.alloc(8 + 4 * subAuthorities.length)
  bytes[0] = 1
  bytes[1] = subAuthorities.length
  bytes.writeUIntBE(authority, 2, 6)
  subAuthorities.forEach((part, i) => {
    bytes.writeUInt32LE(part, 8 + 4 * i)
  })
  return `{${bytes.length}, {${[...bytes].join(', ')}}}`
}

const bytes = (hex) => `{${[...Buffer.from(hex, 'hex')].join(', ')}}`
const units = (text) => `{${[...Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)), 0].join(', ')}}`

export function policyCasesHeader({ user, directories, baseFolders, openings, sids }) {
  const rows = Object.entries(directories).flatMap(([directory, files]) =>
    files.map(
      ({ what, owner, attributes, linkCount, accepted }) =>
        `    {${JSON.stringify(`${directory}: ${what}`)}, ${DIRECTORIES[directory]}, {${sid(owner)}, ${attributes}u, ${linkCount}u}, ${accepted}},`,
    ),
  )
  return [
    '// Generated from format/policy-cases.json.',
    `static const struct sid policy_cases_user = ${sid(user)};`,
    'static const struct { const char *what; enum directory directory; struct file_facts file; bool accepted; } policy_cases[] = {',
    ...rows,
    '};',
    'static const struct { const char *what; uint16_t units[256]; unsigned length; bool accepted; } base_cases[] = {',
    ...baseFolders.map(({ what, value, accepted }) => `    {${JSON.stringify(what)}, ${units(value)}, ${value.length}, ${accepted}},`),
    '};',
    'static const struct { const char *what; uint32_t status; enum opening opening; } opening_cases[] = {',
    ...openings.map(({ what, status, opening }) => `    {${JSON.stringify(what)}, 0x${status}u, OPENING_${opening.toUpperCase()}},`),
    '};',
    'static const struct { const char *what; uint8_t bytes[68]; const char *text; } sid_cases[] = {',
    ...sids.map(({ what, bytes: binary, text }) => `    {${JSON.stringify(what)}, ${bytes(binary)}, ${JSON.stringify(text)}},`),
    '};',
    '',
  ].join('\n')
}
