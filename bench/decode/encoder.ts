// Encodes events in the formats that programs use instead.

import type { Encodings } from './corpus.ts'
import { compact } from './peers/compact.ts'
import { encodeFlatBuffer } from './peers/flatbuffers.ts'
import { encodeJsonLines } from './peers/json-lines.ts'
import { encodeMessagePack } from './peers/message-pack.ts'
import { encodeProtobuf } from './peers/protobuf.ts'
import type { RecordFields } from './truth.ts'

export class Encoder implements Encodings {
  readonly jsonLines: Buffer[] = []
  readonly messagePack: Buffer[] = []
  readonly messagePackBundled: Buffer[] = []
  readonly protobuf: Uint8Array[] = []
  readonly flatBuffers: Uint8Array[] = []

  /** Absent fields are left out first, as JSON does. */
  add(slice: readonly RecordFields[]): void {
    const plain: RecordFields[] = JSON.parse(JSON.stringify(slice))
    const compacted = plain.map(compact)
    this.jsonLines.push(encodeJsonLines(plain))
    this.messagePack.push(encodeMessagePack(plain, false))
    this.messagePackBundled.push(encodeMessagePack(plain, true))
    this.protobuf.push(encodeProtobuf(compacted))
    this.flatBuffers.push(encodeFlatBuffer(compacted))
  }
}
