// The server and the share that a remote name means, whatever form it has (docs/statistics.md has the table of forms).

const HASH: u32 = 0x23
const QUESTION: u32 = 0x3f
const DOT: u32 = 0x2e
const BACKSLASH: u32 = 0x5c
const SLASH: u32 = 0x2f
const AT: u32 = 0x40
const COLON: u32 = 0x3a
const BRACKET: u32 = 0x5d

/** The longest name in a record, and more. */
const text = memory.data(512, 16)
let name: usize = 0
let wide: u32 = 0
let units: u32 = 0
let written: u32 = 0

export class RemoteName {
  /** Where the server or the share stands that partOf() has found, in units as wide as the name's. */
  static readonly text: usize = text

  /** The server, or the server and the share as `\\server\share`, of a name. Returns its units, at RemoteName.text. */
  static partOf(at: usize, isWide: u32, length: u32, withShare: bool): u32 {
    name = at
    wide = isWide
    units = length
    written = 0
    let from = RemoteName.serverBegin()
    const isUrl = RemoteName.unit(0) != BACKSLASH && RemoteName.unit(0) != SLASH
    // The path of a URL ends where its query or fragment begins.
    if (isUrl && from != 0)
      for (let i = length; i > from; i--) if (RemoteName.unit(i - 1) == QUESTION || RemoteName.unit(i - 1) == HASH) units = i - 1
    const end = RemoteName.partEnd(from)
    if (withShare && from != 0) {
      RemoteName.put(BACKSLASH)
      RemoteName.put(BACKSLASH)
    }
    const before = written
    if (from != 0) RemoteName.copyHost(from, end, isUrl)
    if (written == before) {
      // There is no server in it: the name is its own.
      units = length
      written = 0
      RemoteName.copy(0, units)
      return written
    }
    if (!withShare) return written
    from = RemoteName.partBegin(end)
    if (RemoteName.has(from, 'DAVWWWROOT') && RemoteName.partEnd(from) == from + 10) from = RemoteName.partBegin(from + 10)
    if (from < units) {
      RemoteName.put(BACKSLASH)
      RemoteName.copy(from, RemoteName.partEnd(from))
    }
    return written
  }

  /** Where the server begins; 0: the name has none. */
  private static serverBegin(): u32 {
    if (RemoteName.isSeparator(0)) {
      const isTwo = RemoteName.isSeparator(1)
      const mark = RemoteName.unit(2)
      const isDevice = (mark == QUESTION && (isTwo || RemoteName.unit(1) == QUESTION)) || (mark == DOT && isTwo)
      if (isDevice && RemoteName.isSeparator(3) && RemoteName.has(4, 'UNC') && RemoteName.isSeparator(7)) return RemoteName.partBegin(7)
      return isTwo ? 2 : 0
    }
    if (RemoteName.has(0, 'HTTP://')) return 7
    return RemoteName.has(0, 'HTTPS://') ? 8 : 0
  }

  /** A server without what is not of its name: `@SSL@port` of WebDAV; user and port of a URL. */
  private static copyHost(from: u32, end: u32, isUrl: bool): void {
    let last = end
    if (isUrl) {
      for (let i = from; i < end; i++) if (RemoteName.unit(i) == AT) from = i + 1
      for (let i = end; i > from && RemoteName.unit(i - 1) != BRACKET; i--) if (RemoteName.unit(i - 1) == COLON) last = i - 1
    } else {
      for (let i = end; i > from; i--) if (RemoteName.unit(i - 1) == AT) last = i - 1
    }
    RemoteName.copy(from, last)
  }

  /** Past the end there is NUL. */
  @inline
  private static unit(i: u32): u32 {
    // GUARD(name-end)
    if (i >= units) return 0
    return wide ? <u32>load<u16>(name + ((<usize>i) << 1)) : <u32>load<u8>(name + <usize>i)
  }

  @inline
  private static isSeparator(i: u32): bool {
    const unit = RemoteName.unit(i)
    return unit == BACKSLASH || unit == SLASH
  }

  private static partEnd(from: u32): u32 {
    while (from < units && !RemoteName.isSeparator(from)) from++
    return from
  }

  private static partBegin(from: u32): u32 {
    while (from < units && RemoteName.isSeparator(from)) from++
    return from
  }

  /** Whether this stands at `from`, in upper or lower case. */
  private static has(from: u32, upper: string): bool {
    for (let i = 0; i < upper.length; i++) {
      const unit = RemoteName.unit(from + i)
      if ((unit >= 0x61 && unit <= 0x7a ? unit - 0x20 : unit) != <u32>upper.charCodeAt(i)) return false
    }
    return true
  }

  private static put(unit: u32): void {
    if (wide) store<u16>(text + ((<usize>written) << 1), <u16>unit)
    else store<u8>(text + <usize>written, <u8>unit)
    written++
  }

  private static copy(from: u32, end: u32): void {
    for (let i = from; i < end; i++) RemoteName.put(RemoteName.unit(i))
  }
}
