// Lines of JSON of every kind that mprtap writes, about rings whose names are a stranger's.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inBuild } from '../../scripts/lib/paths.mjs'

/** Each is tried as every name that a record has. */
const NAMES = [
  '\ud800',
  'a\udc00b',
  '\udfff\ud800',
  'ok \ud83d\ude00',
  '\\ud800 as text',
  '\u0001\u001b[2J\u2028\u2029\u0085',
  '\ufffd\ufeff\uffff\ufdd0',
  'Ж é 共享 مجلد \u202e',
  '"\\/\b\f\n\r\t',
  '/Date(0)/',
  '\\/Date(1500000000000)\\/',
  '"\\/Date(0)\\/"',
  '__type',
  '__proto__',
  'NaN',
  '-0',
  '1e400',
  'null',
  ']}',
  '',
  'x'.repeat(250),
  '\u{10ffff}\u{1f600}'.repeat(40),
]
const USERS = ['S-1-5-21-1-2-3-1001', 'S-1-5-21-1-2-3-1002']
const STATUSES = [0, 53, 1223, 0x8007_0035, 0xffff_ffff, 2 ** 31]
const SERVERS = ['fs01', 'бюро', 'fs\ud80001']

function writeRings(folder, { RingWriter, ringFileName, contextOf, fileTimeOf }) {
  mkdirSync(join(folder, 'users'), { recursive: true })
  let at = fileTimeOf(Date.UTC(2026, 0, 5, 8))
  for (const sid of USERS) {
    const ring = RingWriter.create({ sid, slotCountLog2: 11 }, join(folder, 'users', ringFileName(sid)))
    for (const [i, name] of NAMES.entries()) {
      for (const kind of ['add', 'cancel']) {
        const server = SERVERS[i % SERVERS.length]
        const fields = {
          ...{
            kind,
            flags: i === 3 ? 2 ** 32 - 1 : i,
            ticks: 1_000n,
            ticksPerSecond: 10_000_000n,
            context: 0n,
            processStartTime: at - 10n,
            logonId: 2n ** 64n - BigInt(i) - 1n,
          },
          ...{
            processId: 2 ** 32 - 1 - i,
            threadId: i,
            sessionId: i,
            resourceType: i % 4,
            force: false,
            ownerWindow: false,
            pointer32: false,
            impersonated: i % 2 === 0,
          },
          ...{ remoteName: i % 2 ? `\\\\${server}\\${name}` : name, localName: i % 3 ? 'P:' : name, provider: null, imageName: name },
        }
        at += 12_345_677n
        const operationStatus = STATUSES[i % STATUSES.length]
        const sequence = ring.append({ ...fields, wallTime: at, notifyStatus: 1, operationStatus: 0 })
        const provider = kind === 'cancel' && operationStatus === 0 ? name : null
        if (i !== 7)
          ring.append({
            ...fields,
            provider,
            operationStatus,
            wallTime: at,
            ticks: 1_000n + BigInt(i) * 333n,
            notifyStatus: 2,
            context: contextOf(sequence, false),
          })
      }
    }
    ring.close()
  }
}

/** Lines by who wrote them. */
export async function hostileLines(folder) {
  const module = (name) => import(pathToFileURL(inBuild(name)).href)
  const { openTap, operationJson, notificationJson } = await module('index.js')
  const rings = join(folder, 'rings')
  writeRings(rings, await module('testing.js'))
  const files = readdirSync(join(rings, 'users')).map((name) => join(rings, 'users', name))

  const groups = {}
  const mprtap = (name, ...words) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [inBuild('cli.js'), ...words], { encoding: 'utf8', timeout: 120_000 })
    if (status !== 0) throw new Error(`mprtap ${words.join(' ')}: ${status}\n${stderr}`)
    if (name) groups[name] = [...(groups[name] ?? []), ...stdout.split('\n').filter(Boolean)]
  }
  for (const ascii of [[], ['--ascii']]) {
    mprtap('watch', 'watch', '--json', ...ascii, '--from', 'oldest', '--count', String(USERS.length * NAMES.length), ...files)
    for (const by of ['server', 'share', 'error', 'image', 'user']) mprtap('report', 'report', '--json', ...ascii, '--by', by, rings)
  }
  for (const what of ['P:', ...SERVERS, ...USERS]) mprtap('history', 'history', '--json', what, rings)
  mprtap('logons', 'logons', '--json', rings)
  mprtap('prune', 'prune', '--json', '--dry-run', rings)
  mprtap(undefined, 'record', '--to', join(folder, 'captures', 'one.pcapng'), '--duration', '2', ...files)
  const captures = readdirSync(join(folder, 'captures')).filter((name) => name.endsWith('.pcapng'))
  mprtap('captures', 'watch', '--json', '--from', 'oldest', ...captures.map((name) => join(folder, 'captures', name)))

  for (const level of ['operation', 'notification']) {
    const tap = await openTap({ sources: [rings], follow: false, level })
    const json = level === 'operation' ? operationJson : notificationJson
    groups[level] = []
    for await (const event of tap) groups[level].push(json(event), json(event, { ascii: true }))
  }
  return groups
}
