// The same events in the formats that programs use instead: one buffer a slice.

import type { Notification } from '../../host/api/types.ts'
import { encodeFlatBuffer } from './peers/flatbuffers.ts'
import { encodeJsonLines } from './peers/json-lines.ts'
import { encodeMessagePack } from './peers/message-pack.ts'
import { encodeProtobuf } from './peers/protobuf.ts'

export class Encodings {
  readonly jsonLines: Buffer[] = []
  readonly messagePack: Buffer[] = []
  readonly messagePackBundled: Buffer[] = []
  readonly protobuf: Uint8Array[] = []
  readonly flatBuffers: Uint8Array[] = []

  add(slice: readonly Notification[]): void {
    this.jsonLines.push(encodeJsonLines(slice))
    this.messagePack.push(encodeMessagePack(slice, false))
    this.messagePackBundled.push(encodeMessagePack(slice, true))
    this.protobuf.push(encodeProtobuf(slice))
    this.flatBuffers.push(encodeFlatBuffer(slice))
  }
}
