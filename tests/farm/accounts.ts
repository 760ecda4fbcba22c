// Keys and accounts of NATS for tests: an operator with one account, and users of it whose credentials are good until a given second.

import { nkeys } from '@nats-io/transport-node'

type Pair = ReturnType<typeof nkeys.createUser>

const UNLIMITED = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 }

const STORAGE = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 }

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** @param until epoch ms; absent: for good. */
function jwt(issuer: Pair, subject: string, name: string, nats: object, until?: number): string {
  const iat = Math.floor(Date.now() / 1000)
  const exp = until === undefined ? {} : { exp: Math.floor(until / 1000) }
  const claims = { jti: `${name}-${iat}-${Math.random()}`, iat, iss: issuer.getPublicKey(), name, sub: subject, nats: { ...nats, version: 2 }, ...exp } // biome-ignore format: one object
  const text = `${encoded({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encoded(claims)}`
  return `${text}.${Buffer.from(issuer.sign(Buffer.from(text))).toString('base64url')}`
}

/** An nkey: what the server's configuration names, and what the client's file holds. */
export function makeNkey(): { readonly public: string; readonly seed: string } {
  const pair = nkeys.createUser()
  return { public: pair.getPublicKey(), seed: Buffer.from(pair.getSeed()).toString() }
}

export class Accounts {
  readonly #account = nkeys.createAccount()
  /** Lines of the server's configuration. */
  readonly configuration: string

  constructor() {
    const operator = nkeys.createOperator()
    const system = nkeys.createAccount()
    const accountJwt = (account: Pair, name: string, limits: object) =>
      jwt(operator, account.getPublicKey(), name, { type: 'account', limits })
    this.configuration = [
      `operator: ${jwt(operator, operator.getPublicKey(), 'tests', { type: 'operator' })}`,
      `system_account: ${system.getPublicKey()}`,
      'resolver: MEMORY',
      `resolver_preload: { ${this.#account.getPublicKey()}: ${accountJwt(this.#account, 'farm', { ...UNLIMITED, ...STORAGE })}, ${system.getPublicKey()}: ${accountJwt(system, 'SYS', UNLIMITED)} }`,
    ].join('\n')
  }

  /** What a .creds file holds. */
  credentials(until?: number): string {
    const user = nkeys.createUser()
    const limits = { type: 'user', subs: -1, data: -1, payload: -1, pub: {}, sub: {} }
    const token = jwt(this.#account, user.getPublicKey(), 'host', limits, until)
    const seed = Buffer.from(user.getSeed()).toString()
    return `-----BEGIN NATS USER JWT-----\n${token}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`
  }
}
