// Certificates for tests of TLS: an authority, and certificates of localhost that it vouches for until a given second.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
const CONFIGURATION = `[ca]
default_ca = of_tests
[of_tests]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
x509_extensions = of_server
[any]
commonName = supplied
[of_server]
subjectAltName = DNS:localhost
`

export class Certificates {
  readonly #folder = mkdtempSync(join(tmpdir(), 'mprtap-certificates-'))

  constructor() {
    writeFileSync(this.#path('ca.cnf'), CONFIGURATION)
    writeFileSync(this.#path('index.txt'), '')
    this.#openssl('req', '-x509', ...KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=tests', '-days', '2')
    this.#openssl('req', ...KEY, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost')
    this.issue(Date.now() + 86_400_000)
  }

  /** Who vouches for the server, the server's certificate and its key. */
  get ca(): string {
    return this.#path('ca.pem')
  }

  get cert(): string {
    return this.#path('server.pem')
  }

  get key(): string {
    return this.#path('server.key')
  }

  /** Makes the server's certificate anew; it is good until then. */
  issue(until: number): void {
    const end = `${new Date(until).toISOString().replaceAll(/[-:T]|\..*$/g, '')}Z`
    const period = ['-startdate', '20260101000000Z', '-enddate', end]
    this.#openssl('ca', '-batch', '-notext', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-in', 'server.csr', '-out', 'server.pem', ...period) // biome-ignore format: one command
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #path(name: string): string {
    return join(this.#folder, name)
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: 'pipe' })
  }
}
