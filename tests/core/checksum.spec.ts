import { Checksum, prepareKeys } from '../../assembly/checksum.ts'
import { WINDOW } from '../../assembly/memory.ts'

describe('the checksum', () => {
  beforeAll(() => {
    prepareKeys()
  })
  it('mixes', () => {
    expect(Checksum.mix(0)).toBe(0)
    expect(Checksum.fixedPart(WINDOW)).not.toBe(1)
  })
})
