// The token of a serve that runs as a service: in its file, and nowhere else that anybody reads.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { get } from './page-server.ts'

it('is in its file, for its owner only, and in nothing that serve writes, whoever asks with it and however', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mprtap-token-'))
  const file = join(folder, 'token')
  mkdirSync(join(folder, 'rings', 'users'), { recursive: true })
  const serve = spawn(process.execPath, [inRoot('build/cli.js'), 'serve', '--token-file', file, join(folder, 'rings')], { stdio: 'pipe' })
  let written = ''
  for (const stream of [serve.stdout, serve.stderr]) stream.setEncoding('utf8').on('data', (text) => (written += text))
  try {
    await expect.poll(() => written, { timeout: 20_000 }).toContain('Metrics:')
    const port = Number(/127\.0\.0\.1:(\d+)\/metrics/.exec(written)![1])
    const token = readFileSync(file, 'utf8').trim()
    expect(token.length).toBeGreaterThan(20)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect((await get(port, `/?token=${token}`)).status).toBe(303)
    expect((await get(port, `/?token=${token}`, { Host: 'evil.example' })).status).toBe(403)
    expect((await get(port, `/nothing?token=${token}`)).status).toBe(401)
    expect((await get(port, `/filter?text=${token}`, { Authorization: `Bearer ${token}` })).status).toBe(200)
    const { body, headers } = await get(port, '/', { Authorization: `Bearer ${token}` })
    expect(body + JSON.stringify(headers)).not.toContain(token)
    serve.kill('SIGTERM')
    await once(serve, 'close')
    expect(written).toContain(`with the token in ${file}`)
    expect(written).not.toContain(token)
    expect(existsSync(file)).toBe(false)
  } finally {
    serve.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
})
