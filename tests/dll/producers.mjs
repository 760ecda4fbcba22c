// Several producer processes on one ring file, whole or killed and stopped in the middle of a write.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const POINTS = ['after-claim', 'after-stamp', 'mid-copy', 'before-commit', 'after-commit']

/** Runs a producer to its end and returns what it wrote and did not; a killed one yields zeros. */
async function produce(program, options) {
  const child = spawn(program, options, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const [code, signal] = await once(child, 'close')
  const numbers = /^written (\d+) unwritten (\d+)$/m.exec(output)
  return { code, signal, written: Number(numbers?.[1] ?? 0), unwritten: Number(numbers?.[2] ?? 0) }
}

/** Resolves when the process has stopped itself. */
async function stopped(pid) {
  const state = () => /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))[1]
  while (state() !== 'T') await new Promise((resolve) => setTimeout(resolve, 2))
}

export async function runProducerTests({ out, report, compile }) {
  const producer = compile('producer', ['-O2', '-DMPRTAP_TEST_POINTS'], ['tests/dll/producer.c'])
  const verifier = compile('verify', ['-O2'], ['tests/dll/verify.c'])
  if (!producer || !verifier) return report(false, 'producers: builds')

  const ring = join(out, 'producers.ring')
  const verify = () => JSON.parse(spawnSync(verifier, [ring], { encoding: 'utf8' }).stdout)
  const fresh = (log2) => {
    rmSync(ring, { force: true })
    return ['--ring', ring, '--slots-log2', String(log2)]
  }
  const expect = (sentence, facts, wanted) => {
    const wrong = Object.keys(wanted).filter((key) => facts[key] !== wanted[key])
    if (wrong.length > 0) console.log(`  ${wrong.map((key) => `${key} is ${facts[key]}, not ${wanted[key]}`).join('; ')}`)
    report(wrong.length === 0, `producers: ${sentence}`)
  }
  const four = async (options) => {
    const runs = [0, 1, 2, 3].map((id) => produce(producer, [...options, '--operations', '25000', '--id', String(id)]))
    const results = await Promise.all(runs)
    return { written: results.reduce((sum, run) => sum + run.written, 0), unwritten: results.reduce((sum, run) => sum + run.unwritten, 0) }
  }

  const large = await four(fresh(18))
  expect(
    '4 processes x 25,000 operations in a ring large enough: every record is there once',
    { ...verify(), written: large.written },
    { written: 200_000, head: 200_000, committed: 200_000, holes: 0, corrupt: 0, repeated: 0, foreign: 0, gaveUp: 0 },
  )

  // Here writers overtake one another by whole laps: a descheduled one may lose its slot to a thief and spoil the thief's record.
  const small = await four(fresh(10))
  const after = verify()
  expect(
    '4 processes x 25,000 operations in the default ring: each is written or known not to be, the last lap is accounted for',
    {
      ...after,
      all: small.written + small.unwritten,
      counted: after.gaveUp <= small.unwritten,
      lap: after.committed + after.holes + after.corrupt,
      spoiled: after.corrupt <= small.unwritten,
    },
    { all: 200_000, counted: true, lap: 1024, spoiled: true, repeated: 0, foreign: 0 },
  )

  for (const point of POINTS) {
    const options = fresh(10)
    const victim = await produce(producer, [...options, '--operations', '100', '--at', point, '--do', 'kill', '--in', '50'])
    const other = await produce(producer, [...options, '--operations', '100', '--id', '1'])
    const hole = point === 'after-commit' ? 0 : 1
    expect(
      `a process killed ${point.replace('-', ' ')} leaves ${hole === 0 ? 'no hole' : 'exactly one hole'}, another one goes on`,
      { ...verify(), signal: victim.signal, written: other.written },
      { signal: 'SIGKILL', written: 200, head: 301, committed: 301 - hole, holes: hole, corrupt: 0, repeated: 0, gaveUp: 0 },
    )
  }

  for (const point of POINTS) {
    const options = fresh(4)
    const at = ['--operations', '20', '--at', point, '--do', 'stop', '--in', '3']
    const victim = spawn(producer, [...options, ...at], { stdio: 'ignore' })
    await stopped(victim.pid)
    const other = await produce(producer, [...options, '--operations', '20', '--id', '1'])
    victim.kill('SIGCONT')
    const [code] = await once(victim, 'close')
    const { holes, repeated, foreign, corrupt } = verify()
    // A writer that wakes in a slot which was stolen from it can spoil the thief's record; the checksum must tell, and no more than that one.
    expect(
      `a process stopped ${point.replace('-', ' ')} for two laps goes on and spoils one record at most`,
      { code, written: other.written >= 38, holes, repeated, foreign, spoiled: corrupt <= 1 },
      { code: 0, written: true, holes: 0, repeated: 0, foreign: 0, spoiled: true },
    )
  }
}
