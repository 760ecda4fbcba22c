/**
 * Forwarding for programs that embed it: to NATS JetStream, OTLP receivers, files and streams.
 *
 * @packageDocumentation
 */

export type { Credentials } from '../streams/credentials.ts'
export type { Forwarded } from './forwarder.ts'
export { openForwarder } from './open-forwarder.ts'
export type { ForwardOptions, OpenedForwarder } from './options.ts'
