// The headers that the native tests include, made of what the repository keeps as JSON.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { policyCasesHeader } from './policy-cases.mjs'
import { vectorsHeader } from './vectors.mjs'

const json = (path) => JSON.parse(readFileSync(inRoot(path), 'utf8'))

/** Writes them into `directory`. */
export function writeHeaders(directory) {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'vectors.h'), vectorsHeader(json('format/vectors.json')))
  writeFileSync(join(directory, 'policy_cases.h'), policyCasesHeader(json('format/policy-cases.json')))
}
