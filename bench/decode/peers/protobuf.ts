// Protocol Buffers: protobufjs. Its reflection generates the same decoder at run time as its command-line tool does ahead of it.

import protobuf from 'protobufjs'
import { kept, SLICE, type Variant } from '../../lib/measure.ts'
import type { Corpus } from '../corpus.ts'
import { type CompactEvent, expand } from './compact.ts'

const SCHEMA = `
  syntax = "proto2";
  message Process {
    required uint32 id = 1; required uint32 threadId = 2; optional string image = 3; required double startTime = 4; required uint32 bits = 5;
  }
  message Failure { required uint32 code = 1; optional string name = 2; }
  message Event {
    required uint32 kind = 1; required uint32 phase = 2; required double time = 3; required uint32 notifyStatus = 4;
    optional uint32 status = 5; optional Failure error = 6; required uint32 contextHigh = 7; required uint32 contextLow = 8;
    optional string remoteName = 9; optional string localName = 10; optional string provider = 11; required uint32 flags = 12;
    optional uint32 resourceType = 13; optional bool force = 14; required bool ownerWindow = 15; required Process process = 16;
    required uint32 sessionId = 17; required uint32 logonIdHigh = 18; required uint32 logonIdLow = 19; required string user = 20;
    required double sequence = 21; required bool impersonated = 22;
  }`

const type = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('Event')

export function encodeProtobuf(slice: readonly CompactEvent[]): Uint8Array {
  const writer = protobuf.Writer.create()
  for (const event of slice) type.encodeDelimited(event as unknown as Record<string, unknown>, writer)
  return writer.finish()
}

export function protobufjs({ encodings }: Corpus): Variant {
  return {
    name: 'protobufjs',
    label: 'Protocol Buffers (protobufjs)',
    pass(first, count) {
      let sum = 0
      for (let slice = first / SLICE; slice < (first + count) / SLICE; slice++) {
        const reader = protobuf.Reader.create(encodings.protobuf[slice]!)
        for (let i = 0; i < SLICE; i++) {
          const event = type.decodeDelimited(reader) as unknown as CompactEvent
          kept[i] = event
          // An absent field is its type's default: 0 or ''.
          const { time, status, process, remoteName, localName } = event
          sum = (sum + (time | 0) + status! + process.id + remoteName!.length + 31 * localName!.length) | 0
        }
      }
      return sum
    },
    objects(count) {
      const events: unknown[] = []
      for (const bytes of encodings.protobuf.slice(0, count / SLICE)) {
        const reader = protobuf.Reader.create(bytes)
        while (reader.pos < reader.len) events.push(expand(type.toObject(type.decodeDelimited(reader)) as CompactEvent))
      }
      return events
    },
  }
}
