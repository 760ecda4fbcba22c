/**
 * Rings without Windows: a writer that obeys the same protocol as the notifyee DLL, and a seeded generator of realistic traffic. For tests
 * of programs that embed a tap, for benchmarks and for trying things out.
 *
 * @packageDocumentation
 */
export type { Clock, Timer } from '../model/clock.ts'
export type { Kind, Outcome, Phase } from '../model/events.ts'
export { contextOf, type RecordInput } from '../model/record.ts'
export type { TestSource } from '../model/source.ts'
export type { StopSignal } from '../model/stop-signal.ts'
export { FakeClock } from './fake-clock.ts'
export { FakeSource, type FakeSourceOptions } from './fake-source.ts'
export type { OperationInput } from './operation.ts'
export { type RingOptions, RingWriter } from './ring-writer.ts'
export { ringFileName } from './sid.ts'
export { fileTimeOf } from './time.ts'
export { generateTraffic, type TrafficNotification, type TrafficOptions } from './traffic.ts'
export type { TrafficOperation } from './traffic-plans.ts'
export type { Server, Share, TrafficProcess, TrafficUser } from './traffic-world.ts'
export { type WrittenOperation, writeOperation } from './write-operation.ts'
export { type FollowOptions, followTraffic, type TrafficSummary, type WriteRingsOptions, writeRings } from './write-rings.ts'
