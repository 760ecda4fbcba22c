// A capture as a machine of the other byte order writes it.

import { BLOCK_READ, BlockReader } from '../../host/captures/block-reader.ts'
import { Chunks } from '../../host/captures/chunk.ts'
import { MemoryInput } from '../../host/captures/file-input.ts'
import { optionsIn } from '../../host/captures/options.ts'

/** Swaps the byte order of every field of the framing; packets and texts keep theirs. */
export function bigEndian(capture: Uint8Array): Uint8Array {
  const out = Buffer.from(capture)
  const blocks = new BlockReader(new MemoryInput('', capture), new Chunks())
  const swap = (at: number, size: number) => out.subarray(at, at + size).reverse()
  while (blocks.next() === BLOCK_READ) {
    const { offset, start, end, type } = blocks
    const [fields, options] =
      type === 1 ? [[2, 2, 4], 16] : type === 6 ? [[4, 4, 4, 4, 4], -1] : type === 5 ? [[4, 4, 4], 20] : [[4, 2, 2, 8], 24]
    let at = offset + 8
    for (const size of fields as number[]) {
      swap(at, size)
      at += size
    }
    const captured = blocks.view.getUint32(start + 20, true)
    const optionsAt = type === 6 ? 28 + captured + (-captured & 3) : (options as number)
    let option = offset + optionsAt
    for (const { code, value } of optionsIn(blocks.bytes, start + optionsAt, end, true)) {
      swap(option, 2)
      swap(option + 2, 2)
      if ((type === 5 && code >= 4) || (type === 6 && code === 4)) swap(option + 4, 8)
      if (type === 5 && code < 4) {
        swap(option + 4, 4)
        swap(option + 8, 4)
      }
      option += 4 + value.length + (-value.length & 3)
    }
    swap(offset, 4)
    swap(offset + 4, 4)
    swap(offset + (end - start), 4)
  }
  return out
}
