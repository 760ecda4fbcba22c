// Verbs over very many operations: how much memory they take, and how long.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PACKET_BODY, PACKET_KIND, PACKET_RECORD } from '../../format/capture-layout.ts'
import { SLOT_STAMP, STAMP_SHIFT } from '../../format/layout.ts'
import { BLOCK_INTERFACE, BLOCK_PACKET, PACKET_DATA, PACKET_INTERFACE } from '../../host/captures/pcapng.ts'
import { storeChecksum } from '../../host/model/checksum.ts'
import type { Figure } from '../scale/figure.ts'
import type { Corpus } from './corpus.ts'

/** The capture again and again, as if other machines had written it: other hosts, other file ids, and so other checksums. */
export function copies(folder: string, { capture, records }: Corpus, operations: number): string[] {
  const bytes = readFileSync(capture)
  const paths: string[] = []
  for (let copy = 0; copy * (records / 2) < operations; copy++) {
    rename(bytes, copy)
    const path = join(folder, `copy-${copy}.pcapng`)
    writeFileSync(path, bytes)
    paths.push(path)
  }
  return paths
}

function rename(bytes: Buffer, copy: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const fileIds: bigint[] = []
  for (let at = 0; at < bytes.length; at += view.getUint32(at + 4, true)) {
    const type = view.getUint32(at, true)
    if (type === BLOCK_INTERFACE) {
      const host = bytes.indexOf('mprtap ring host=', at) + 'mprtap ring host='.length
      bytes.write(String(copy).padStart(bytes.indexOf(' ', host) - host, 'H'), host, 'latin1')
      const id = bytes.indexOf(' file=', host) + ' file='.length
      bytes.write(String(copy).padStart(4, '0'), id, 'latin1')
      fileIds.push(Buffer.from(bytes.toString('latin1', id, id + 16), 'hex').readBigUInt64LE())
    } else if (type === BLOCK_PACKET && bytes[at + PACKET_DATA + PACKET_KIND] === PACKET_RECORD) {
      const slot = at + PACKET_DATA + PACKET_BODY
      const sequence = view.getBigUint64(slot + SLOT_STAMP, true) >> BigInt(STAMP_SHIFT)
      storeChecksum(view, slot, fileIds[view.getUint32(at + PACKET_INTERFACE, true)]!, sequence)
    }
  }
}

/** Highest resident memory of a process so far, MB. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

export async function memoryOf(verb: readonly string[], paths: readonly string[], operations: number): Promise<Figure[]> {
  const started = performance.now()
  const child = spawn(process.execPath, ['build/cli.js', ...verb, ...paths], { stdio: ['ignore', 'ignore', 'pipe'] })
  let told = ''
  child.stderr.on('data', (text) => {
    told += text
  })
  let peak = 0
  const poll = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid!))
  }, 50)
  const [code] = await once(child, 'close')
  clearInterval(poll)
  if (code !== 0 || /[1-9]\d* lost/.test(told)) throw new Error(`${verb.join(' ')} ended with ${code}: ${told.slice(-500)}`)
  const seconds = (performance.now() - started) / 1000
  const what = `${verb[0]} over ${operations.toLocaleString('en-US')} operations`
  return [
    { what: `${what}, memory`, value: Math.round(peak), unit: 'MB', note: 'goal: under 400' },
    { what: `${what}, time`, value: Number(seconds.toPrecision(3)), unit: 's' },
  ]
}
