// What a forwarder takes, what it is by default, and what it gives.

import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import type { Loss } from '../model/account.ts'
import { hasMethod, invalidOption, readOptions } from '../model/options.ts'
import { isStopSignal, type StopSignal } from '../model/stop-signal.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { TextStream } from '../sinks/ndjson.ts'
import type { Credentials } from '../streams/credentials.ts'
import type { Forwarded } from './forwarder.ts'

/** What is forwarded, and where to. */
export interface ForwardOptions extends Credentials {
  /** Folders of rings, ring files and captures; none: this machine. */
  readonly sources?: readonly string[] | undefined
  /** `nats://host:4222`, `tls://…`, `http://…`, `https://…`, `file:PATH`, or `-`. */
  readonly to: string
  /** What part of the farm this host belongs to. Default `main`. */
  readonly site?: string | undefined
  /** Name of this host in the farm; the machine's own if absent. */
  readonly host?: string | undefined
  /** How long a record waits for others that go with it, ms. Default 1000. */
  readonly lingerMs?: number | undefined
  /** A message comes at least so often, ms. Default 60,000. */
  readonly everyMs?: number | undefined
  /** Of `nats:`: what operations by server and error come to is published so often, ms; 0: never. Default 60,000. */
  readonly statisticsEveryMs?: number | undefined
  /** How often the engine's servers write to their disks, ms, if it is not what their version has. */
  readonly syncMs?: number | undefined
  /** Name of the checkpoint. Default `forward`. */
  readonly consumer?: string | undefined
  readonly checkpointFolder?: string | undefined
  /** Of `nats:`: a folder that keeps batches on disk while the engine is away, */
  readonly spool?: string | undefined
  /** how many bytes of them (1,000,000,000). */
  readonly spoolBytes?: number | undefined
  /** Of `file:`: bytes at which a file is full (100,000,000), */
  readonly rotateBytes?: number | undefined
  /** and how many full ones stay (10). */
  readonly keep?: number | undefined
  /** Path of a key file that `--redact-new` made: names become pseudonyms, that of this host too. What is forwarded as records says so, and which key. */
  readonly redact?: string | undefined
  /** For `-`. Default: standard output. */
  readonly stdout?: TextStream | undefined
  /** Ends it: what is on its way is waited for a moment. Without one it goes on until the process ends, or sources at rest are read. */
  readonly signal?: StopSignal | undefined
  /** Is told what goes wrong, in sentences; forwarding goes on. */
  readonly tell: (text: string) => void
  /** Is called with each run of records that could not be read, and for what writers could not write. */
  readonly onLoss?: ((loss: Loss) => void) | undefined
}

/** The options with what they are by default. */
export type WholeForwardOptions = Omit<ForwardOptions, Defaulted> & {
  readonly [Name in Defaulted]: NonNullable<ForwardOptions[Name]>
} & { readonly version: string; readonly redactor?: Redactor | undefined }
type Defaulted = keyof typeof DEFAULTS | 'signal'

/** The package's version, put in by the build. */
declare const MPRTAP_VERSION: string

const DEFAULTS = {
  sources: [] as readonly string[],
  site: 'main',
  lingerMs: 1000,
  everyMs: 60_000,
  statisticsEveryMs: 60_000,
  consumer: 'forward',
  spoolBytes: 1e9,
  rotateBytes: 100e6,
  keep: 10,
  stdout: process.stdout as TextStream,
}

const TEXTS = ['to', 'site', 'host', 'redact', 'consumer', 'checkpointFolder', 'spool', 'credentials', 'ca', 'cert', 'key'] as const
const NUMBERS = ['lingerMs', 'everyMs', 'statisticsEveryMs', 'syncMs', 'spoolBytes', 'rotateBytes', 'keep'] as const
const KNOWN = ['sources', 'stdout', 'signal', 'tell', 'onLoss', ...TEXTS, ...NUMBERS] as const satisfies readonly (keyof ForwardOptions)[]

function checkOptions(given: ForwardOptions): ForwardOptions {
  const options = readOptions<ForwardOptions>(given, KNOWN, 'openForwarder()')
  const { sources, to, stdout, signal, tell, onLoss } = options
  if (sources !== undefined && !(Array.isArray(sources) && sources.every((source) => typeof source === 'string' && source !== '')))
    invalidOption('sources', sources, 'a list of paths')
  if (typeof to !== 'string') invalidOption('to', to, 'a URL, or "-"')
  for (const name of TEXTS) {
    const value: unknown = options[name]
    if (value !== undefined && (typeof value !== 'string' || value === '')) invalidOption(name, value, 'a text that is not empty')
  }
  for (const name of NUMBERS) {
    const value: unknown = options[name]
    if (value !== undefined && !(Number.isFinite(value) && (value as number) >= 0)) invalidOption(name, value, 'a number, 0 or more')
  }
  if (signal !== undefined && !isStopSignal(signal)) invalidOption('signal', signal, 'an AbortSignal')
  if (stdout !== undefined && !hasMethod(stdout, 'write')) invalidOption('stdout', stdout, 'a stream that text can be written to')
  if (typeof tell !== 'function') invalidOption('tell', tell, 'a function')
  if (onLoss !== undefined && typeof onLoss !== 'function') invalidOption('onLoss', onLoss, 'a function')
  return options
}

export function withDefaults(unchecked: ForwardOptions): WholeForwardOptions {
  const options = checkOptions(unchecked)
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as unknown as ForwardOptions
  return {
    version: typeof MPRTAP_VERSION === 'string' ? MPRTAP_VERSION : '0.0.0',
    ...DEFAULTS,
    signal: new AbortController().signal,
    ...given,
  } as WholeForwardOptions
}

/** What this host is called in the farm. */
export function hostOf({ host = hostname(), redactor }: Pick<WholeForwardOptions, 'host' | 'redactor'>): string {
  return redactor ? redactor.host(host) : host
}

/** A forwarder that is ready to run; `close` lets go of its name. */
export interface OpenedForwarder {
  run(): Promise<Forwarded>
  close(): void
}

/** Eight characters that tell one target from another. */
export function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
