// Opens a forwarder of records to JetStream: from which rings, to which engine, and that nobody else forwards them under the same name.

import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { release, type as systemName } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { type CheckpointPlace, openCheckpointPlace } from '../consumers/checkpoint-folder.ts'
import { checkConsumerName } from '../model/consumer-name.ts'
import { LONGEST_REST_MS } from '../model/defaults.ts'
import { MprtapError } from '../model/errors.ts'
import { JetStreamSink } from '../sinks/jetstream.ts'
import type { RecordBatch } from '../sinks/record-batch.ts'
import { Spool } from '../sinks/spool.ts'
import { connectionOptions, describeFault, openEngine, parseEngineUrl } from '../streams/engine.ts'
import { bucketOf, valueSubjectOf } from '../streams/statistics-bucket.ts'
import { isSite, subjectOf } from '../streams/subject.ts'
import { systemClock } from '../system/clock.ts'
import { makeFolder } from '../system/make-folder.ts'
import { openSources } from '../tap/open-sources.ts'
import { readState } from './forward-state.ts'
import { Forwarder } from './forwarder.ts'
import { hostOf, nameOf, type OpenedForwarder, type WholeForwardOptions } from './options.ts'
import { StatisticsCounter } from './statistics-counter.ts'

export interface JetStreamForwarder extends OpenedForwarder {
  readonly counts: Readonly<JetStreamSink['counts']>
  readonly spool: Spool | undefined
}

/**
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT for a URL, a site or a file with credentials that is not valid; MPRTAP_CONSUMER when another process forwards
 * under this name, or its checkpoint cannot be read; what the sources throw.
 */
export async function openJetStreamForwarder(options: WholeForwardOptions): Promise<JetStreamForwarder> {
  const { to, site, version, redactor, signal, tell } = options
  const address = parseEngineUrl(to)
  if (!isSite(site))
    throw new MprtapError(
      'MPRTAP_INVALID_ARGUMENT',
      `The site ${JSON.stringify(site)} is not one; those are 1 to 32 letters, digits and "-".`,
    )
  const host = hostOf(options)
  const connection = connectionOptions(address, options, `mprtap ${version} on ${host}`)
  checkConsumerName(options.consumer)
  const { finders, folder } = await openSources(options.sources, { isLive: true, redactor }, systemClock, ({ text }) => tell(text))
  let place: CheckpointPlace | undefined
  let used: JetStreamSink | Spool | undefined
  let counter: StatisticsCounter | undefined
  // Whatever happens: a connection that nobody closes keeps the process alive.
  const close = () => {
    void used?.close().catch(() => {})
    for (const finder of finders) finder.close?.()
    counter?.close()
    place?.lock.release()
  }
  try {
    place = openCheckpointPlace(`${options.consumer}.${nameOf(`${to} ${site}`)}`, options.checkpointFolder, folder)
    const { stem } = place
    const path = `${stem}.json`
    const state = readState(path)
    const forwarders: Forwarder[] = []
    const sink = new JetStreamSink({
      open: () => openEngine(connection),
      name: to,
      subject: subjectOf(site, host),
      version,
      everySeconds: Math.ceil(options.everyMs / 1000),
      syncMs: options.syncMs,
      clock: systemClock,
      figures: () => forwarders[0]?.figures ?? { lost: 0, behind: 0 },
      earlier: state.stored,
      tell,
      setAside: async (batch, why) => {
        forwarders[0]?.lose(batch.records)
        return setAside(batch, why, `${stem}.aside`, tell)
      },
      onProgress: () => {},
    })
    used = sink
    const { spool, spoolBytes } = options
    const spooled =
      spool === undefined ? sink : new Spool(sink, { folder: `${spool}/${basename(stem)}`, maxBytes: spoolBytes, clock: systemClock, tell })
    used = spooled
    counter = await counterOf(options, `${stem}.statistics.json`, (value) => publishStatistics(sink, site, host, value))
    const forwarder = new Forwarder(
      {
        finders,
        host,
        redacted: redactor?.keyId,
        path,
        state,
        origin: {
          application: `mprtap ${version}`,
          os: `${systemName()} ${release()}`,
          comments: ['mprtap forward', ...(redactor ? [`redacted key=${redactor.keyId}`] : [])],
        },
        lingerMs: options.lingerMs,
        everyMs: options.everyMs,
        startId: randomBytes(6).toString('hex'),
        longestRestMs: LONGEST_REST_MS,
        clock: systemClock,
        signal,
        tell,
        onLoss: options.onLoss,
        onRead: (records) => counter?.read(records),
        atEnd: () => counter?.finish() ?? Promise.resolve(),
      },
      spooled,
    )
    forwarders.push(forwarder)
    counter?.run()
    return {
      run: () => forwarder.run(),
      counts: sink.counts,
      spool: spooled instanceof Spool ? spooled : undefined,
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

/** A capture that is read once cannot be counted as well; and the records of a stream were counted by its hosts. */
function isCountable(source: string): boolean {
  return source !== '-' && !/^(?:nats|tls):/i.test(source)
}

async function counterOf(
  { sources, statisticsEveryMs, redactor, tell }: WholeForwardOptions,
  path: string,
  publish: (value: Uint8Array) => Promise<void>,
): Promise<StatisticsCounter | undefined> {
  if (statisticsEveryMs === 0 || !sources.every(isCountable)) return undefined
  const { finders } = await openSources(sources, { isLive: true, redactor }, systemClock, () => {})
  return new StatisticsCounter({ finders, path, everyMs: statisticsEveryMs, clock: systemClock, tell, publish })
}

/** @throws Error with the end of a sentence. */
async function publishStatistics(sink: JetStreamSink, site: string, host: string, value: Uint8Array): Promise<void> {
  const { stream } = sink
  if (stream === undefined) throw new Error('the engine was not reached yet')
  try {
    await sink.put(valueSubjectOf(stream, site, host), value)
  } catch (cause) {
    const { name } = cause as Error
    const isMissing = name === 'JetStreamNotEnabled' || name === 'NoRespondersError'
    const why = isMissing ? `there is no bucket ${bucketOf(stream)}, which mprtap farm init makes` : `the engine ${describeFault(cause)}`
    throw new Error(why, { cause })
  }
}

/** Keeps a batch that the engine will never take as a capture, and says so. */
function setAside(batch: RecordBatch, why: string, folder: string, tell: (text: string) => void): RecordBatch | undefined {
  const path = join(folder, `${batch.id.replaceAll(/[^A-Za-z0-9-]/g, '_')}.pcapng`)
  try {
    makeFolder(dirname(path), 0o700)
    writeFileSync(path, batch.section, { mode: 0o600 })
    tell(`A batch of ${batch.records} records was refused (${why}). It is kept in ${path}, and the stream counts its records as missing.`)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    tell(`A batch of ${batch.records} records is not taken (${why}) and cannot be kept in ${path} (${code ?? message}); it is lost.`)
  }
  return batch.missing?.()
}
