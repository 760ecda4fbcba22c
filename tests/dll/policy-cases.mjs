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

export function policyCasesHeader({ user, directories }) {
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
    '',
  ].join('\n')
}
