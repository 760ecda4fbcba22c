// npm run bench -- captures [--quick]: captures written and read, against rings, tshark and other encodings.

import { environment } from '../lib/environment.ts'
import { withFolder } from '../lib/rings.ts'
import type { Figure } from '../scale/figure.ts'
import { makeCorpus } from './corpus.ts'
import { copies, memoryOf } from './memory.ts'
import { pageOf } from './page.ts'
import { reading } from './reading.ts'
import { atRest, recordingRate, writing } from './recording.ts'

const quick = process.argv.includes('--quick')
const tell = (text: string) => void process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`)

const figures = await withFolder(async (folder) => {
  const found: Figure[] = []
  tell('making a capture')
  const corpus = await makeCorpus(folder, quick ? 60_000 : 300_000)
  found.push(writing(corpus))
  tell('reading it')
  found.push(...(await reading(corpus, quick ? 5 : 15, tell)))
  tell('recording rings that are full')
  found.push(await atRest(folder, corpus))
  found.push(...(await recordingRate(folder, quick ? 0.5 : 1, tell)))
  const operations = quick ? 600_000 : 10_000_000
  tell(`${operations} operations`)
  const paths = copies(folder, corpus, operations)
  for (const verb of [['report'], ['history', 'E:'], ['logons']]) {
    tell(`${verb[0]} over ${operations} operations`)
    found.push(...(await memoryOf(verb, paths, operations)))
  }
  const ofPage = Math.min(operations, 3_000_000)
  tell(`the page of ${ofPage} operations`)
  found.push(...(await pageOf(folder, paths.slice(0, Math.ceil((paths.length * ofPage) / operations)), ofPage)))
  tell('')
  return found
})
process.stdout.write(`${JSON.stringify({ figures, environment: environment(), quick })}\n`)
