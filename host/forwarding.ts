/**
 * Forwarding for programs that embed it: to NATS JetStream, OTLP receivers, files and streams.
 *
 * @packageDocumentation
 */
export { type ForwardOptions, type OpenedForwarder, openForwarder } from './forward.ts'
export type { Forwarded } from './forwarder.ts'
export type { Credentials } from './streams/credentials.ts'
