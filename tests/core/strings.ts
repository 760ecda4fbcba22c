import { STRING_ID_ABSENT, STRING_ID_EMPTY } from '../../assembly/abi.ts'
import { Intern } from '../../assembly/intern.ts'

/** What an id stands for, as JavaScript would decode it. */
export function textOf(id: u32): string | null {
  if (id == STRING_ID_ABSENT) return null
  if (id == STRING_ID_EMPTY) return ''
  const units = Intern.unitsAndWidth(id) >> 1
  const at = Intern.at(id) + 16
  if (Intern.unitsAndWidth(id) & 1) return String.UTF16.decodeUnsafe(at, (<usize>units) << 1)
  let text = ''
  for (let i: u32 = 0; i < units; i++) text += String.fromCharCode(load<u8>(at + i))
  return text
}

const BLOCKS: usize = memory.data(512, 16)
/** Where lay() puts a string. */
export const laid: usize = BLOCKS

/** Lays a text out in blocks as a record has it; returns how many. */
export function lay(text: string, wide: u32): u32 {
  memory.fill(BLOCKS, 0, 512)
  for (let i = 0; i < text.length; i++) {
    if (wide) store<u16>(BLOCKS + ((<usize>i) << 1), <u16>text.charCodeAt(i))
    else store<u8>(BLOCKS + <usize>i, <u8>text.charCodeAt(i))
  }
  return (((<u32>text.length) << wide) + 15) >> 4
}

/** Interns a text that is stored one byte a unit, or two. */
export function intern(text: string, wide: u32 = 0): u32 {
  const blocks = lay(text, wide)
  return Intern.id(BLOCKS, blocks, ((<u32>text.length) << 1) | wide)
}
