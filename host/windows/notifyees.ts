// Which DLLs hear of every network connection on this machine, and which make them: the values under Notifyees, each of which is loaded into every
// program that maps something, and the network providers. No public tool looks at the first.

import { MACHINE_X86, type Machine, REG_EXPAND_SZ, type RegistryValue, WindowsError } from '../model/machine.ts'
import { strangersWhoCanWrite } from './access.ts'
import { parseDescriptor } from './descriptor.ts'
import { sha256Of } from './dlls.ts'
import { PE_FILE_MAX, parsePe } from './pe-file.ts'
import { textOfValue, typeName } from './registry-text.ts'
import { NETWORK_PROVIDER_KEY, NOTIFYEES_KEY } from './survey.ts'

/** The file that one kind of programs loads. */
export interface AuditedFile {
  readonly bits: 32 | 64
  readonly path: string
  readonly exists: boolean
  readonly version: string | undefined
  readonly product: string | undefined
  readonly sha256: string | undefined
  /** A certificate table is there; whether it is good, `signtool verify` says. */
  readonly hasSignature: boolean | undefined
  /** Paths on the way that others than Windows and administrators can change, and who. */
  readonly writableBy: readonly { readonly path: string; readonly sids: readonly string[]; readonly names: readonly string[] }[]
}

/** A notifyee or a network provider. */
export interface Audited {
  readonly kind: 'notifyee' | 'provider'
  readonly key: string
  readonly name: string
  readonly valueType: string
  /** As it is stored. */
  readonly text: string | undefined
  readonly isOurs: boolean
  readonly files: readonly AuditedFile[]
  /** What is wrong, as sentences. */
  readonly findings: readonly string[]
}

const SERVICES_KEY = 'HKLM\\SYSTEM\\CurrentControlSet\\Services'
const ORDER_KEY = `${NETWORK_PROVIDER_KEY}\\Order`
const PROVIDERS_MAX = 64

/** Looks at all of them. */
export function auditNotifyees(machine: Machine): Audited[] {
  const notifyees = (machine.registry.values(NOTIFYEES_KEY) ?? []).map((value) =>
    audit(machine, 'notifyee', NOTIFYEES_KEY, value.name, () => value),
  )
  return twice([...notifyees, ...auditProviders(machine)])
}

function auditProviders(machine: Machine): Audited[] {
  const order = machine.registry.read(ORDER_KEY, 'ProviderOrder')
  if (order === undefined) return []
  const text = textOfValue(order)
  const names = [...new Set((text ?? '').split(',').map((name) => name.trim()))].filter((name) => name !== '')
  const providers = names.slice(0, PROVIDERS_MAX).map((name) => {
    const key = `${SERVICES_KEY}\\${name}\\NetworkProvider`
    return audit(machine, 'provider', key, name, () => machine.registry.read(key, 'ProviderPath'))
  })
  const findings: string[] = []
  const valueType = typeName(order.type)
  if (text === undefined)
    findings.push(
      `The list of network providers is ${order.isTooLong ? 'too long' : `of type ${valueType}`}: which ones are loaded is not known.`,
    )
  if (names.length > PROVIDERS_MAX) findings.push(`It names ${names.length} providers; the first ${PROVIDERS_MAX} were looked at.`)
  if (findings.length === 0) return providers
  return [{ kind: 'provider', key: ORDER_KEY, name: 'ProviderOrder', valueType, text, isOurs: false, files: [], findings }, ...providers]
}

/** An entry that cannot be read is a finding: the others are looked at all the same. */
function audit(machine: Machine, kind: Audited['kind'], key: string, name: string, read: () => RegistryValue | undefined): Audited {
  let value: RegistryValue | undefined
  try {
    value = read()
    return auditValue(machine, kind, key, name, value)
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    const valueType = value ? typeName(value.type) : 'unknown'
    const findings = [`It cannot be looked at: ${error.message}.`]
    return { kind, key, name, valueType, text: textOfValue(value), isOurs: false, files: [], findings }
  }
}

function auditValue(machine: Machine, kind: Audited['kind'], key: string, name: string, value: RegistryValue | undefined): Audited {
  const text = textOfValue(value)
  const what = { kind, key, name, valueType: value ? typeName(value.type) : 'missing', text }
  const findings: string[] = []
  if (kind === 'provider' && name.includes('\\')) findings.push('Its name has a backslash: its key belongs to no service of that name.')
  if (!value) findings.push('It stands in ProviderOrder and has no path.')
  else if (text === undefined)
    findings.push(`Its value is ${value.isTooLong ? 'too long' : `of type ${typeName(value.type)}`}, not a path.`)
  else if (kind === 'notifyee' && value.type !== REG_EXPAND_SZ)
    findings.push(`Its value is of type ${typeName(value.type)}; REG_EXPAND_SZ is what is documented.`)
  const path = text === undefined ? undefined : expand(machine, text, findings)
  const files = path === undefined ? [] : filesOf(machine, path, findings)
  const isOurs =
    files.length > 0 && files.every(({ exists, product }) => !exists || product === 'mprtap') && files.some(({ exists }) => exists)
  if (kind === 'notifyee' && !isOurs)
    findings.push("It is not mprtap's. It is loaded into every program that maps something: find out whose it is.")
  return { ...what, isOurs, files, findings }
}

/** The path, if it can be known: variables but those of Windows itself depend on who asks. */
function expand(machine: Machine, text: string, findings: string[]): string | undefined {
  const path = text
    .replace(/%(?:SystemRoot|windir)%/gi, () => machine.windowsFolder)
    .replace(/%SystemDrive%/gi, () => machine.windowsFolder.slice(0, 2))
    .replaceAll('/', '\\')
  if (path.includes('%')) findings.push(`Its path ${text} has a variable that a user's environment can fill.`)
  else if (path.startsWith('\\\\')) findings.push(`Its path ${text} is on another machine.`)
  else if (!/^[A-Za-z]:\\/.test(path))
    findings.push(`Its path ${text || '(empty)'} is not absolute: which file it is depends on the program that loads it.`)
  else return path
  return undefined
}

/** Programs of either width find another file when the path leads to System32. */
function filesOf(machine: Machine, path: string, findings: string[]): AuditedFile[] {
  const system32 = `${machine.windowsFolder}\\System32\\`
  const isSystem = path.toLowerCase().startsWith(system32.toLowerCase())
  const widths: [32 | 64, string][] = [[64, path]]
  if (machine.wow64Folder !== undefined) widths.push([32, isSystem ? `${machine.wow64Folder}\\${path.slice(system32.length)}` : path])
  return widths.map(([bits, file]) => fileOf(machine, bits, file, findings))
}

function fileOf(machine: Machine, bits: 32 | 64, path: string, findings: string[]): AuditedFile {
  const facts = machine.files.facts(path)
  const exists = facts?.kind === 'file'
  if (!exists) findings.push(facts ? `${path} is a ${facts.kind}, not a file.` : `${path} is missing: ${bits}-bit programs load nothing.`)
  const writableBy = machine.isWine ? [] : strangersOnTheWay(machine, path, exists)
  for (const { path: place, names } of writableBy) findings.push(`${place} can be changed by ${names.join(', ')}.`)
  const read = exists ? readFile(machine, path, findings) : undefined
  const pe = read && parsePe(read)
  if (read && !pe) findings.push(`${path} is not a DLL.`)
  const width = pe && (pe.machine === MACHINE_X86 ? 32 : 64)
  if (width !== undefined && width !== bits) findings.push(`${path} is a ${width}-bit DLL: ${bits}-bit programs load nothing.`)
  return {
    bits,
    path,
    exists,
    version: pe?.version,
    product: pe?.product,
    sha256: read && sha256Of(read),
    hasSignature: pe?.hasSignature,
    writableBy,
  }
}

function readFile(machine: Machine, path: string, findings: string[]): Uint8Array | undefined {
  try {
    return machine.files.read(path, PE_FILE_MAX)
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    findings.push(`${path} cannot be read: ${error.message}.`)
    return undefined
  }
}

/** The file itself, and every folder above it. */
function strangersOnTheWay(machine: Machine, path: string, exists: boolean): AuditedFile['writableBy'] {
  const found: AuditedFile['writableBy'][number][] = []
  const look = (place: string, what: Parameters<typeof strangersWhoCanWrite>[1]) => {
    const bytes = machine.files.facts(place)?.descriptor
    const descriptor = bytes && parseDescriptor(bytes)
    const sids = descriptor ? strangersWhoCanWrite(descriptor, what) : []
    if (sids.length > 0) found.push({ path: place, sids, names: sids.map((sid) => machine.accountName(sid) ?? sid) })
  }
  if (exists) look(path, 'file')
  let what: 'folder of a file' | 'folder of a missing file' = exists ? 'folder of a file' : 'folder of a missing file'
  for (let folder = path.slice(0, path.lastIndexOf('\\')); folder.includes('\\'); folder = folder.slice(0, folder.lastIndexOf('\\'))) {
    look(folder, what)
    what = 'folder of a file'
  }
  return found
}

/** A DLL that is registered under two names is called twice. */
function twice(all: Audited[]): Audited[] {
  const first = new Map<string, string>()
  return all.map((one) => {
    const path = one.kind === 'notifyee' ? one.files[0]?.path.toLowerCase() : undefined
    if (path === undefined) return one
    const other = first.get(path)
    if (other === undefined) {
      first.set(path, one.name)
      return one
    }
    const what = one.isOurs ? 'every operation is recorded twice' : 'it is called twice for every operation'
    return { ...one, findings: [...one.findings, `The same DLL is registered as ${other}, too: ${what}. Remove one of the values.`] }
  })
}
