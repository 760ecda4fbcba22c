// What a forwarder hands to a sink: records of one ring, as one pcapng section.

import type { Acknowledged } from '../model/sink.ts'

export interface RecordBatch extends Acknowledged {
  /** The same for the same records of the same ring: `host/file id/first-last/checksum of the last record`. A batch that is sent again has the same one. */
  readonly id: string
  /** One pcapng section. */
  readonly section: Uint8Array
  /** How many records are in it. */
  readonly records: number
  /** What says that its sequences are not to be had, for when it cannot be sent. */
  readonly missing?: () => RecordBatch
}
