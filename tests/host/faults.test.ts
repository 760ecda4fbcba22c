import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HEADER_HEAD } from '../../format/layout.ts'
import { type Notification, openTap } from '../../host/index.ts'
import { programPath } from '../programs.mjs'
import { until } from './rings-on-disk.ts'

const root = join(import.meta.dirname, '../..')
const { Judge, readJournal } = await import(join(root, 'tests/torture/judge.mjs'))
const { isWhole } = await import(join(root, 'tests/torture/content.mjs'))
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-faults-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** A ring, producers that write into it, a tap that reads it, and a judge over both. */
class Scene {
  readonly #directory = mkdtempSync(join(folder, 'scene-'))
  readonly #ring = join(this.#directory, 'users', 'S-1-5-18.v1.ring')
  readonly #slotsLog2: number
  readonly #journals: string[] = []
  readonly #told: ((judge: InstanceType<typeof Judge>) => void)[] = []
  #torn = 0

  constructor(slotsLog2: number) {
    this.#slotsLog2 = slotsLog2
    mkdirSync(join(this.#directory, 'users'))
  }

  produce(...options: string[]): ChildProcess {
    const id = this.#journals.length
    const journal = join(this.#directory, `journal-${id}`)
    this.#journals.push(journal)
    const args = ['--ring', this.#ring, '--slots-log2', String(this.#slotsLog2), '--journal', journal, '--id', String(id), ...options]
    return spawn(programPath('producer'), args, { stdio: 'inherit' })
  }

  async open() {
    await once(this.produce('--records', '1'), 'close')
    const tap = await openTap({
      sources: [this.#ring],
      level: 'notification',
      from: 'oldest',
      onLoss: ({ first = -1, count }) => void this.#told.push((judge) => judge.lose(first, count)),
    })
    const reading = (async () => {
      for await (const event of tap) {
        const { id, threadId, image } = event.process
        if (!isWhole(id, threadId, { ...fieldsOf(event), image })) this.#torn++
        const { sequence } = event
        this.#told.push((judge) => judge.deliver(sequence, id, threadId, true))
      }
    })()
    return {
      tap,
      /** After the last writer has ended: what became of everything. */
      judged: async () => {
        const head = this.#head()
        await until(() => {
          const { notifications, lost } = tap.stats()
          return notifications + lost === head
        })
        await tap.close()
        await reading
        const judge = new Judge(0, head)
        this.#journals.forEach((journal, id) => {
          judge.journal(id, readJournal(journal))
        })
        for (const tell of this.#told) tell(judge)
        judge.finish()
        const { produced, delivered, duplicates, unaccounted, faults } = judge
        return { produced, delivered, duplicates, unaccounted, faults, torn: judge.torn + this.#torn, ...lossesOf(tap.stats()) }
      },
    }
  }

  #head(): number {
    const bytes = Buffer.alloc(8)
    const file = openSync(this.#ring, 'r')
    readSync(file, bytes, 0, 8, HEADER_HEAD)
    closeSync(file)
    return Number(bytes.readBigUInt64LE())
  }
}

const fieldsOf = ({ flags, sessionId, phase, status, remoteName, localName }: Notification) => {
  return { flags, sessionId, phase, status, remoteName, localName }
}
const lossesOf = ({ overrun, abandoned, corrupt }: { overrun: number; abandoned: number; corrupt: number }) => ({
  overrun,
  abandoned,
  corrupt,
})
const harmless = { duplicates: 0, unaccounted: 0, torn: 0, faults: [] }

async function isStopped({ pid }: ChildProcess): Promise<void> {
  await until(() => /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'latin1')))
}

const POINTS = ['after-claim', 'after-stamp', 'mid-copy', 'before-commit', 'after-commit']
const cases = POINTS.flatMap((point) => [1, 2, 3].map((producers) => [point, producers] as const))

describe.concurrent('a producer that is killed', () => {
  it.each(cases)(
    '%s, one of %i: at most its one record is missing, and accounted for',
    async (point, producers) => {
      const scene = new Scene(12)
      const { judged } = await scene.open()
      const victim = scene.produce('--records', '200', '--at', point, '--do', 'kill', '--in', '100')
      const others = Array.from({ length: producers - 1 }, () => scene.produce('--records', '200'))
      const ends = await Promise.all([victim, ...others].map((child) => once(child, 'close')))
      expect(ends.map(([code, signal]) => code ?? signal)).toEqual(['SIGKILL', ...others.map(() => 0)])
      const committed = 1 + 100 + (point === 'after-commit' ? 1 : 0) + 200 * others.length
      const abandoned = point === 'after-commit' ? 0 : 1
      expect(await judged()).toEqual({ ...harmless, produced: committed, delivered: committed, overrun: 0, corrupt: 0, abandoned })
    },
    60_000,
  )
})

describe.concurrent('a producer that is suspended for two laps', () => {
  it.each(cases)(
    '%s, one of %i: goes on, and spoils one record at most',
    async (point, producers) => {
      const scene = new Scene(5)
      const { judged } = await scene.open()
      const victim = scene.produce('--records', '20', '--at', point, '--do', 'stop', '--in', '10')
      await isStopped(victim)
      const others = Array.from({ length: producers }, () => scene.produce('--records', String(Math.ceil(80 / producers))))
      await Promise.all(others.map((child) => once(child, 'close')))
      victim.kill('SIGCONT')
      expect(await once(victim, 'close')).toEqual([0, null])
      const result = await judged()
      expect(result).toMatchObject(harmless)
      expect(result.corrupt).toBeLessThanOrEqual(1)
      expect(result.produced).toBeGreaterThanOrEqual(99)
    },
    60_000,
  )
})
