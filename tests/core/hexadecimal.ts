const SLOT: usize = memory.data(512, 16)

function digit(character: i32): u32 {
  return character >= 0x61 ? character - 0x61 + 10 : character - 0x30
}

/** The bytes of a slot, padded with zeros; valid until the next call. */
export function bytesOf(hexadecimal: string): usize {
  memory.fill(SLOT, 0, 512)
  for (let i = 0; i < hexadecimal.length; i += 2) {
    const byte = (digit(hexadecimal.charCodeAt(i)) << 4) | digit(hexadecimal.charCodeAt(i + 1))
    store<u8>(SLOT + (<usize>i >> 1), <u8>byte)
  }
  return SLOT
}
