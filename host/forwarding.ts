/**
 * Forwarding for programs that embed it: a whole forwarder, and the sinks that it is made of.
 *
 * @packageDocumentation
 */
export { type ForwardOptions, type OpenedForwarder, openForwarder } from './forward.ts'
export type { Forwarded } from './forwarder.ts'
export type { Acknowledged, Sink } from './model/sink.ts'
export type { EventBatch } from './sinks/event-batch.ts'
export { type NdjsonFileSettings, NdjsonFiles, NdjsonStream } from './sinks/ndjson.ts'
export { type OtlpSettings, OtlpSink } from './sinks/otlp.ts'
export type { OtlpResource } from './sinks/otlp-logs.ts'
export type { Credentials } from './streams/credentials.ts'
