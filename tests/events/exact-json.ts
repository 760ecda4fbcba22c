/** What a line of JSON says, by the rule of docs/cli.md: the units of `unpaired` go back to their indices. */
export function exactJson(line: string): Record<string, unknown> {
  const { unpaired = {}, ...value } = JSON.parse(line)
  for (const [field, units] of Object.entries(unpaired as Record<string, Record<string, number>>)) {
    const path = field.split('.')
    const last = path.pop()!
    const parent = path.reduce((part, name) => part[name], value)
    const text = String(parent[last]).split('')
    for (const [index, unit] of Object.entries(units)) text[Number(index)] = String.fromCharCode(unit)
    parent[last] = text.join('')
  }
  return value
}
