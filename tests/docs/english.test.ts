// Turns of phrase that a reader whose first language is not English does not understand at the first reading. They were in this repository once;
// none comes back. Pages, messages and comments are all looked through, line by line.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Each turn of phrase, with what to write instead and a line that has it. */
const RIDDLES: readonly { readonly phrase: RegExp; readonly instead: string; readonly example: string }[] = [
  {
    phrase: /(?<!\b[Tt]here |\bwhere )\b(?:is|are|was|were) no (?!longer\b|more\b|other\b|room\b|way\b|need\b|one\b|news\b|use\b)[a-z]+/,
    instead: 'is not a …',
    example: 'what can be, and is no ring',
  },
  {
    phrase: /(?<!\b[Tt]here |\bit )\b(?:is|are|was) none\b(?! (?:yet|of its operations))/,
    instead: 'is not one, or: is not valid',
    example: 'a ring that is none',
  },
  { phrase: /\bso many (?!that\b)/, instead: 'this number of, or: at most N', example: 'stop after so many seconds' },
  { phrase: /\b[Bb]eforehand\b/, instead: 'before …', example: 'Said beforehand' },
  { phrase: /,? \bof which (?:each|one|none|no|only|the|some|all)\b/, instead: 'two sentences', example: 'operations of which each began' },
  {
    phrase: /(?<!as [a-z ]{0,12}[a-z]+(?:\(\))? )\b(?:is|are|was|were) told(?=[.,;:)]| once\b| when\b| in the\b| and\b)|, and told\b/,
    instead: 'say who tells it, and how: a diagnostic, the summary',
    example: 'Both are read, and that is told.',
  },
  {
    phrase: /(?:^|[.;] )(?:Who|Whoever) (?!it\b|did\b|is there\b)[^?]*$/,
    instead: 'A process that …',
    example: 'It waits. Who waits is connected.',
  },
  {
    phrase:
      /(?:^|[.;] |\/\/ )What (?:is|was|are|were|has|have|can|cannot|could|stays|comes|must|does) [^?|:;*]* (?:is|are|was|were|has|goes|stays|counts|comes|waits) [^?|]*\.(?: |$)/,
    instead: 'a noun as the subject',
    example: 'What was copied is not to be used.',
  },
]

/** Files that people read or that talk to people. What was generated or quoted is written elsewhere. */
const files = execFileSync('git', ['ls-files', '*.md', 'host', 'assembly', 'dll', 'scripts', 'examples', 'deploy', 'format'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((name) => /\.(md|ts|tsx|mjs|c|h)$/.test(name) && !/^(docs\/api\/|CHANGELOG|\.changeset\/|dll\/ring_layout\.h)/.test(name))

/** A line without what stands before its words; a heading has no sentence. */
const wordsOf = (line: string) => (line.startsWith('#') ? '' : line.replace(/^[-*>\d.\s]+/, ''))

const found = (line: string) => RIDDLES.filter(({ phrase }) => phrase.test(line)).map(({ instead }) => instead)

it.each(RIDDLES.map(({ example, instead }) => [example, instead]))('a line like "%s" is found', (example, instead) => {
  expect(found(example)).toContain(instead)
})

it('pages, messages and comments have no such line', () => {
  const riddles = files.flatMap((name) =>
    readFileSync(join(root, name), 'utf8')
      .split('\n')
      .flatMap((line, at) => found(wordsOf(line)).map((instead) => `${name}:${at + 1}: ${line.trim()} (${instead})`)),
  )
  expect(riddles).toEqual([])
})
