// Who may send, and to whom: what a forwarder says when it is refused, and that it goes on, with every record, as soon as it is not.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node'
import { afterAll, describe, expect, it } from 'vitest'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { Accounts, makeNkey } from './accounts.ts'
import { Certificates } from './certificates.ts'
import { appendOperations, Farm, until } from './farm.ts'

const rings = new RingsOnDisk()

function write(folder: string, text: string): string {
  const path = join(folder, 'credentials')
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

describe('an engine with an nkey for each host', () => {
  const good = makeNkey()
  const farm = new Farm(
    { more: `authorization { users: [ { nkey: ${good.public} } ] }` },
    { authenticator: nkeyAuthenticator(Buffer.from(good.seed)) },
  )

  it('refuses another key, which is told without the key, and takes what waited as soon as the file has the right one', async () => {
    const wrong = makeNkey()
    const credentials = write(farm.folder, `${wrong.seed}\n`)
    appendOperations(rings.create(), 20)
    const forwarder = await farm.forward(rings.directory, { credentials })
    await until(() => forwarder.told.some((text) => text.includes('does not take these credentials')))
    expect(await farm.messages()).toBe(0)
    write(farm.folder, `${good.seed}\n`)
    await until(async () => (await farm.messages()) > 0)
    await forwarder.stop()
    expect(forwarder.told.join()).not.toMatch(new RegExp(`${wrong.seed}|${good.seed}`))
  })
})

describe('an engine with accounts', () => {
  const accounts = new Accounts()
  const farm = new Farm({ more: accounts.configuration }, { authenticator: credsAuthenticator(Buffer.from(accounts.credentials())) })

  it('ends credentials that expire while they are used, which is told, and takes what waited with new ones', async () => {
    const credentials = write(farm.folder, accounts.credentials(Date.now() + 8000))
    const ring = rings.create()
    appendOperations(ring, 20)
    const forwarder = await farm.forward(rings.directory, { credentials })
    await until(async () => (await farm.messages()) > 0)
    const before = await farm.messages()
    await until(() => forwarder.told.some((text) => /says that these credentials have expired|does not take these credentials/.test(text)))
    appendOperations(ring, 20)
    write(farm.folder, accounts.credentials())
    await until(async () => (await farm.messages()) > before)
    await forwarder.stop()
    expect(forwarder.told.join()).toMatch(/is there again|takes batches again/)
  })
})

describe('an engine with a certificate', () => {
  const certificates = new Certificates()
  const { cert, key, ca } = certificates
  const farm = new Farm({ more: `tls { cert_file: "${cert}", key_file: "${key}" }` }, { tls: { caFile: ca } })
  afterAll(() => certificates.remove())
  const url = () => farm.url.replace('nats://127.0.0.1', 'tls://localhost')

  it('is not believed when nobody vouches for it', async () => {
    appendOperations(rings.create(), 20)
    const forwarder = await farm.forward(rings.directory, { to: url() })
    await until(() => forwarder.told.some((text) => /has a certificate of an unknown authority .*--ca FILE/.test(text)))
    await forwarder.stop()
    expect(await farm.messages()).toBe(0)
  })

  it('gets records by TLS; when the certificate has expired nothing is sent, which is told, and all of it with a new one', async () => {
    const ring = rings.create()
    appendOperations(ring, 20)
    const forwarder = await farm.forward(rings.directory, { to: url(), ca })
    await until(async () => (await farm.messages()) > 0)
    // It has expired while it was in use; the next connection is refused.
    certificates.issue(Date.now() - 1000)
    await farm.servers.nodes[0]!.stop()
    await farm.servers.start()
    await until(() => forwarder.told.some((text) => text.includes('has a certificate that has expired')))
    appendOperations(ring, 20)
    certificates.issue(Date.now() + 86_400_000)
    await farm.servers.nodes[0]!.stop()
    await farm.servers.start()
    await farm.connection.close()
    await farm.connect()
    await until(async () => (await farm.messages()) > 1)
    expect(await forwarder.stop()).toMatchObject({ records: 80, lost: 0 })
  })
})
