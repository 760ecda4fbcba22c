// The control file, as administrators write it and as nobody should.
import { linkSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inBuild } from '../../scripts/lib/paths.mjs'
import { toWindowsPath } from '../../scripts/lib/wine.mjs'
import { architecture, controlFile, directory, expect, fresh, ringFiles, run, runQuietly, verify } from './wine-bed.mjs'

const file = join(directory, 'control')
const obeyed = { ok: true, written: false, files: 0 }
const ignored = { ok: true, written: true, files: 1 }

async function isObeyed(sentence, content, wanted, change = () => {}) {
  fresh()
  controlFile(content)
  change()
  const { said } = await runQuietly('once')
  expect(sentence, { ...said, files: ringFiles().length }, wanted)
}

async function geometry(sentence, log2, slots) {
  fresh()
  controlFile({ log2 })
  await runQuietly('once')
  expect(sentence, verify(), { slots })
}

/** The control file loses its content while a process records. */
async function truncatedUnderAWriter() {
  fresh()
  controlFile({})
  const stop = inBuild('tests/dll/stop')
  rmSync(stop, { force: true })
  const writing = run('until', toWindowsPath(stop), '1')
  const headAbove = async (head) => {
    for (let i = 0; i < 1000 && !(ringFiles().length > 0 && verify().head > head); i++) await delay(10)
    return ringFiles().length > 0 && verify().head > head
  }
  await headAbove(0)
  truncateSync(file)
  const goesOn = await headAbove(verify().head + 20)
  writeFileSync(stop, '')
  await writing
  expect('a control file can be cut off while programs record, and recording goes on', { goesOn }, { goesOn: true })
}

/** The tests. */
export async function control() {
  await isObeyed('switched off in the control file: nothing is made', { off: 1 }, obeyed)
  await isObeyed('a control file of another kind is not obeyed', { off: 1, magic: 'nope' }, ignored)
  await isObeyed('nor one of another version', { off: 1, version: 2 }, ignored)
  await isObeyed('nor one with a second name', { off: 1 }, ignored, () => linkSync(file, join(directory, 'another')))
  await isObeyed('nor one that is too short', { off: 1 }, ignored, () => truncateSync(file, 32))
  await geometry('the control file sets the geometry of new rings', 5, 32)
  await geometry('a geometry too small for a ring is the usual one', 1, 1024)
  await geometry('so is one too large', 21, 1024)
  await geometry('a 32-bit program makes no ring above 2^16 slots', 17, architecture === 'x86' ? 1 << 16 : 1 << 17)
  fresh()
  controlFile({ off: 1 })
  await run('hostile', '300')
  expect('hostile calls do not make it forgotten', { files: ringFiles().length }, { files: 0 })
  await truncatedUnderAWriter()
}
