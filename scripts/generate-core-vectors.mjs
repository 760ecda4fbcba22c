// Writes build/core-vectors.ts: the golden records of format/vectors.json as AssemblyScript, because as-pect cannot read JSON.
// as-pect.config.js runs it, so that the core's own tests always see the vectors as they are.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const { vectors } = JSON.parse(readFileSync(join(root, 'format/vectors.json'), 'utf8'))

/** A string or null as a literal; every unit that is not plain ASCII is escaped, so that lone surrogates survive. */
const text = (value) =>
  value === null ? 'null' : `'${value.replace(/[^ !#-&(-[\]-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`
const full = (truncated, name) => truncated?.[name] ?? 0

const lines = vectors.map(({ name, fileId, sequence, input, slot, expected }) => {
  const { truncated } = expected
  const fields = [
    text(name),
    `0x${fileId}`,
    sequence,
    text(slot),
    expected.kind === 'add' ? 1 : 2,
    expected.phase === 'pre' ? 1 : 2,
    expected.status ?? 0,
    input.notifyStatus,
    input.flags,
    input.context,
    input.logonId,
    input.processId,
    input.threadId,
    input.sessionId,
    input.resourceType,
    Number(input.force) | (Number(input.ownerWindow) << 1) | (Number(input.pointer32) << 2) | (Number(input.impersonated) << 3),
    text(expected.remoteName),
    text(expected.localName),
    text(expected.provider),
    text(expected.imageName),
    ...['remoteName', 'localName', 'provider', 'imageName'].map((field) => full(truncated, field)),
  ]
  return `  new Vector(${fields.join(', ')}),`
})

mkdirSync(join(root, 'build'), { recursive: true })
writeFileSync(
  join(root, 'build/core-vectors.ts'),
  `// Written by scripts/generate-core-vectors.mjs from format/vectors.json.
import { Vector } from '../tests/core/vector.ts'

export const vectors: Vector[] = [
${lines.join('\n')}
]
`,
)
