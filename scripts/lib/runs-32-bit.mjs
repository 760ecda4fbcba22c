// Whether this machine's kernel runs 32-bit programs: not every kernel does, and no package helps where it does not.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The shortest i386 program that ends at once: an ELF header, one program header, and exit(0). */
function smallestProgram() {
  const address = 0x08048000
  const file = Buffer.alloc(92)
  file.write('\x7fELF\x01\x01\x01', 0, 'latin1')
  file.writeUInt16LE(2, 16) // an executable
  file.writeUInt16LE(3, 18) // for i386
  file.writeUInt32LE(1, 20)
  file.writeUInt32LE(address + 84, 24) // where it begins
  file.writeUInt32LE(52, 28) // program headers
  file.writeUInt16LE(52, 40)
  file.writeUInt16LE(32, 42)
  file.writeUInt16LE(1, 44)
  file.writeUInt32LE(1, 52) // loaded from the file
  file.writeUInt32LE(address, 60)
  file.writeUInt32LE(address, 64)
  file.writeUInt32LE(file.length, 68)
  file.writeUInt32LE(file.length, 72)
  file.writeUInt32LE(5, 76) // readable, executable
  file.writeUInt32LE(0x1000, 80)
  // mov eax, 1 (exit), xor ebx, ebx, int 0x80
  Buffer.from([0x31, 0xc0, 0x40, 0x31, 0xdb, 0xcd, 0x80]).copy(file, 84)
  return file
}

let answer

/** @returns {boolean} */
export function runs32Bit() {
  if (answer === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'mprtap-32-bit-'))
    try {
      const program = join(folder, 'program')
      writeFileSync(program, smallestProgram(), { mode: 0o700 })
      answer = spawnSync(program).status === 0
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return answer
}
