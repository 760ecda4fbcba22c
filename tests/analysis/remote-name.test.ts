// Analysis groups names by the same rules as the core: the table of forms in docs/statistics.md.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { serverOf, shareOf } from '../../host/analysis/remote-name.ts'

const forms = readFileSync(new URL('../../docs/statistics.md', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => /^\| `(.+?)` \| `(.+?)` \| `(.+?)` \| (.+?) \|$/.exec(line)?.slice(1) as [string, string, string, string] | undefined)
  .filter((form) => form !== undefined)

describe('server and share of a name', () => {
  it('has its forms in docs/statistics.md', () => expect(forms.length).toBeGreaterThan(20))

  it.each(forms)('%s: %s and %s: %s', (name, server, share) => {
    expect([serverOf(name), shareOf(name)]).toEqual([server, share])
  })

  it('is absent where there is no name', () => {
    expect([serverOf(undefined), shareOf('')]).toEqual([undefined, undefined])
  })
})
