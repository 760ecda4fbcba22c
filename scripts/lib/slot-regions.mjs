// The slot as a C structure, and the assertions that hold it to the layout: regions of dll/slot.h, out of format/layout.ts.

/**
 * @param {string} layout the text of format/layout.ts
 * @returns {Record<string, string[]>} lines by region
 */
export function slotRegions(layout) {
  const fields = [...layout.matchAll(/^\/\*\* u(8|16|32|64)\b.*\*\/\nexport const RECORD_(\w+) = \d+$/gm)].map(([, bits, name]) => ({
    type: bits === '64' ? 'shared_u64' : `uint${bits}_t`,
    member: name.toLowerCase(),
    name,
  }))
  return {
    slot: fields.map(({ type, member }) => `    ${type} ${member};`),
    places: fields.map(({ member, name }) => `ASSERT_AT(slot, ${member}, MPRTAP_RECORD_${name});`),
  }
}
