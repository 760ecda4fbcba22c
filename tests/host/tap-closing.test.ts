import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { MprtapError, openTap } from '../../host/index.ts'
import { OTHER_SID, post, pre } from './records.ts'
import { openFiles, RingsOnDisk, take } from './rings-on-disk.ts'

const rings = new RingsOnDisk()
const open = (options: object = {}) => openTap({ sources: [rings.directory], from: 'oldest', ...options })
const write = (ring: ReturnType<typeof rings.create>, count: number) => {
  for (let i = 0; i < count; i++) ring.append(post(ring.append(pre({ threadId: i }))!, { threadId: i }))
}

describe('close()', () => {
  it('ends a loop that waits', async () => {
    rings.create()
    const tap = await open()
    const waiting = tap[Symbol.asyncIterator]().next()
    setTimeout(() => void tap.close(), 30)
    expect(await waiting).toEqual({ value: undefined, done: true })
  })

  it('ends a loop over batches that waits', async () => {
    rings.create()
    const tap = await open()
    const waiting = tap.batches().next()
    setTimeout(() => void tap.close(), 30)
    expect(await waiting).toEqual({ value: undefined, done: true })
  })

  it('from inside the loop ends it after this event', async () => {
    write(rings.create(), 5)
    const tap = await open()
    let seen = 0
    for await (const _ of tap) {
      seen++
      await tap.close()
    }
    expect(seen).toBe(1)
  })

  it('may be called again, in this turn and in another', async () => {
    rings.create()
    const tap = await open()
    await Promise.all([tap.close(), tap.close()])
    await new Promise((resolve) => setImmediate(resolve))
    await tap.close()
    expect(openFiles().filter((path) => path === rings.path())).toHaveLength(1) // the writer's
  })

  it('keeps the counts', async () => {
    const ring = rings.create({ slotCountLog2: 3 })
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    write(ring, 1)
    await take(events, 1)
    await tap.close()
    expect(tap.stats()).toEqual({
      operations: 1,
      succeeded: 1,
      failed: 0,
      cancelled: 0,
      unfinished: 0,
      notifications: 2,
      waiting: 0,
      delivered: 2,
      lost: 0,
      overrun: 0,
      abandoned: 0,
      late: 0,
      corrupt: 0,
      pending: 0,
      rewinds: 0,
      gaveUp: 0,
      faults: 0,
      overwritten: 0,
      from: expect.any(Number),
      to: expect.any(Number),
      rings: 0,
      unread: 0,
    })
  })

  it('leaves what was read valid', async () => {
    write(rings.create(), 2)
    const tap = await open()
    const [event] = await take(tap[Symbol.asyncIterator](), 1)
    await tap.close()
    expect(event).toMatchObject({ remoteName: '\\\\files01\\projects', durationMs: 25, process: { image: 'explorer.exe' } })
  })

  it('makes the tap unusable: a new loop throws, one that is over stays over', async () => {
    rings.create()
    const tap = await open()
    const before = tap[Symbol.asyncIterator]()
    await tap.close()
    expect(await before.next()).toMatchObject({ done: true })
    expect(() => tap[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'MPRTAP_CLOSED' }))
    await expect(tap.batches().next()).rejects.toThrow(MprtapError)
  })
})

describe('leaving the loop closes the tap:', () => {
  it.each([
    [
      'break',
      async (tap: Awaited<ReturnType<typeof open>>) => {
        for await (const _ of tap) break
      },
    ],
    [
      'return',
      async (tap: Awaited<ReturnType<typeof open>>) => {
        await (async () => {
          for await (const _ of tap) return
        })()
      },
    ],
    [
      'an exception',
      async (tap: Awaited<ReturnType<typeof open>>) => {
        const failing = async () => {
          for await (const _ of tap) throw new Error('mine')
        }
        await expect(failing()).rejects.toThrow('mine')
      },
    ],
    [
      'break, out of batches',
      async (tap: Awaited<ReturnType<typeof open>>) => {
        for await (const _ of tap.batches()) break
      },
    ],
    ['asyncDispose', async (tap: Awaited<ReturnType<typeof open>>) => tap[Symbol.asyncDispose]()],
  ])('%s', async (_, leave) => {
    write(rings.create(), 3)
    const tap = await open()
    expect(openFiles().filter((path) => path === rings.path())).toHaveLength(2) // the writer's and the tap's
    await leave(tap)
    expect(openFiles().filter((path) => path === rings.path())).toHaveLength(1)
    expect(tap.stats().rings).toBe(0)
  })
})

describe('an AbortSignal', () => {
  it('ends a loop that waits, without an exception', async () => {
    rings.create()
    const controller = new AbortController()
    const tap = await open({ signal: controller.signal })
    setTimeout(() => controller.abort(), 30)
    for await (const _ of tap) expect.unreachable()
    expect(tap.stats().rings).toBe(0)
  })

  it('that was aborted before: the tap opens closed, its loop ends at once', async () => {
    write(rings.create(), 1)
    const tap = await open({ signal: AbortSignal.abort() })
    for await (const _ of tap) expect.unreachable()
    for await (const _ of tap.batches()) expect.unreachable()
    expect(openFiles().filter((path) => path === rings.path())).toHaveLength(1)
  })

  it('that outlives the tap holds nothing of it', async () => {
    rings.create()
    const controller = new AbortController()
    const listeners = { added: 0, removed: 0 }
    const { addEventListener, removeEventListener } = controller.signal
    controller.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners.added++
      addEventListener.apply(controller.signal, args)
    }
    controller.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners.removed++
      removeEventListener.apply(controller.signal, args)
    }
    const tap = await open({ signal: controller.signal })
    await tap.close()
    expect(listeners).toEqual({ added: 1, removed: 1 })
    controller.abort()
  })
})

describe('calls of next() that do not wait for each other', () => {
  it('each get an event of their own, in order, none lost', async () => {
    const ring = rings.create()
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    write(ring, 300)
    const early = Array.from({ length: 100 }, () => events.next())
    const late = Array.from({ length: 200 }, () => events.next())
    const seen = (await Promise.all([...early, ...late])).map(({ value }) => value.process.threadId)
    expect(seen).toEqual(Array.from({ length: 300 }, (_, i) => i))
    await tap.close()
  })

  it('before there is anything: likewise', async () => {
    const ring = rings.create()
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    const waiting = Array.from({ length: 5 }, () => events.next())
    await new Promise((resolve) => setTimeout(resolve, 20))
    write(ring, 3)
    await Promise.all(waiting.slice(0, 3))
    await tap.close()
    const results = await Promise.all(waiting)
    expect(results.map(({ value, done }) => (done ? 'done' : value.process.threadId))).toEqual([0, 1, 2, 'done', 'done'])
  })

  it('of two loops share the events, none lost and none twice', async () => {
    const ring = rings.create()
    const tap = await open()
    const [one, two] = [tap[Symbol.asyncIterator](), tap[Symbol.asyncIterator]()]
    write(ring, 256)
    const both = await Promise.all([take(one, 128), take(two, 128)])
    expect(
      both
        .flat()
        .map((event) => event.process.threadId)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 256 }, (_, i) => i))
    await tap.close()
  })
})

describe('an exception out of a callback', () => {
  it('ends the loop with it, and closes the tap', async () => {
    const ring = rings.create({ slotCountLog2: 2 })
    const failing = () => {
      throw new Error('mine')
    }
    const tap = await open({ onLoss: failing })
    write(ring, 10)
    await expect(tap[Symbol.asyncIterator]().next()).rejects.toThrow('mine')
    expect(tap.stats().rings).toBe(0)
  })

  it('while the tap opens leaves nothing open', async () => {
    rings.create()
    writeFileSync(rings.path({ sid: OTHER_SID }), 'garbage')
    const failing = () => {
      throw new Error('mine')
    }
    const before = openFiles()
    await expect(open({ onDiagnostic: failing })).rejects.toThrow('mine')
    expect(openFiles()).toEqual(before)
  })
})

describe('a process that is done with its tap', () => {
  /** Runs a program against the bundled library; it has to end by itself. */
  function run(program: string): string {
    const entry = join(rings.directory, 'program.ts')
    const output = join(process.cwd(), 'build', `tap-closing-${process.pid}.mjs`)
    const api = join(process.cwd(), 'host/index.ts')
    writeFileSync(entry, `import { openTap } from ${JSON.stringify(api)}\nconst directory = ${JSON.stringify(rings.directory)}\n${program}`)
    buildSync({ entryPoints: [entry], outfile: output, bundle: true, platform: 'node', format: 'esm', external: ['koffi'] })
    const child = spawnSync(process.execPath, [output], { encoding: 'utf8', timeout: 15_000 })
    rmSync(output)
    expect({ status: child.status, signal: child.signal, stderr: child.stderr }).toEqual({ status: 0, signal: null, stderr: '' })
    return child.stdout
  }

  it('ends by itself after the loop', () => {
    write(rings.create(), 3)
    const program = `
      const tap = await openTap({ sources: [directory], from: 'oldest' })
      let seen = 0
      for await (const _ of tap) if (++seen === 3) break
      console.log(seen)`
    expect(run(program)).toBe('3\n')
  })

  it('ends by itself after close() during a wait', () => {
    rings.create()
    const program = `
      const tap = await openTap({ sources: [directory] })
      setTimeout(() => tap.close(), 50)
      for await (const _ of tap) console.log('event')
      console.log('over')`
    expect(run(program)).toBe('over\n')
  })

  it('ends by itself when it never read the tap, nor closed it', () => {
    rings.create()
    expect(run(`await openTap({ sources: [directory] })\nconsole.log('open')`)).toBe('open\n')
  })
})
