/**
 * Forwarding for programs that embed it: to NATS JetStream, OTLP receivers, files and streams.
 *
 * @packageDocumentation
 */

export type * from '../model/account.ts'
export type { StopSignal } from '../model/stop-signal.ts'
export type { TextStream } from '../sinks/ndjson.ts'
export type { Credentials } from '../streams/credentials.ts'
export type { Forwarded } from './forwarder.ts'
export { openForwarder } from './open-forwarder.ts'
export type { ForwardOptions, OpenedForwarder } from './options.ts'
