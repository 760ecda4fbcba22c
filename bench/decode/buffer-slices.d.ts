// Methods that every Buffer of Node has and that its types leave out: what toString() calls, without its checks.
interface Buffer {
  latin1Slice(start?: number, end?: number): string
  ucs2Slice(start?: number, end?: number): string
  utf8Slice(start?: number, end?: number): string
}
