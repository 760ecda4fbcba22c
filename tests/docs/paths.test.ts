// A page that names a file of this repository names one that is there.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trim().split('\n')
const known = new Set(files.flatMap((file) => file.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'))))
const folders = [...new Set(files.filter((file) => file.includes('/')).map((file) => file.slice(0, file.indexOf('/'))))].filter((name) =>
  /^\w/.test(name),
)
const path = new RegExp(`\`((?:${folders.join('|')})/[\\w./-]+)\``, 'g')

// Decisions and the change log speak of their own day; the samples come from another repository.
const pages = files.filter(
  (file) => file.endsWith('.md') && !/^(?:docs\/adr\/|docs\/api\/|tests\/captures\/samples\/|CHANGELOG|\.changeset\/)/.test(file),
)

it.each(pages)('%s names only files that are there', (page) => {
  const named = [...readFileSync(page, 'utf8').matchAll(path)].map(([, name]) => name!.replace(/\/$/, ''))
  expect(named.filter((name) => !known.has(name))).toEqual([])
})
