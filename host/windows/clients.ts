// The clients of a Windows machine that connect to shares, each by its own way. A client that is not on the machine is named as such; that is never a failure.

import { cancelConnection, connectors } from '../system/connections.ts'
import { runProgram } from '../system/programs.ts'
import type { Client } from './doctor.ts'

const TIME_LIMIT_MS = 90_000
/** Shares go into the command lines of other programs: nothing but what a plain UNC name needs. */
const PLAIN_SHARE = /^\\\\[\w.-]{1,255}\\[\w.$-]{1,80}$/

/** Whether a text may be given to the clients. */
export const isPlainShare = (share: string): boolean => PLAIN_SHARE.test(share)

const library: Client[] = Object.entries(connectors).map(([name, connect]) => ({
  name,
  async connect(share) {
    try {
      const status = await connect(share)
      return { isConnected: status === 0, text: `status ${status}` }
    } catch {
      return undefined
    }
  },
  disconnect: async (share) => void (await cancelConnection(share)),
}))

function program(name: string, file: string, connect: (share: string) => string[], disconnect: (share: string) => string[]): Client {
  return {
    name,
    async connect(share) {
      const { exitCode, isMissing } = await runProgram(file, connect(share), TIME_LIMIT_MS)
      if (isMissing) return undefined
      return { isConnected: exitCode === 0, text: exitCode === undefined ? 'did not end in time' : `exit code ${exitCode}` }
    },
    disconnect: async (share) => void (await runProgram(file, disconnect(share), TIME_LIMIT_MS)),
  }
}

const powershell = (command: string) => ['-NoProfile', '-NonInteractive', '-Command', command]
/** WScript.Network, by PowerShell: a script file of our own would be one more thing to allow. */
const network = (call: string) => powershell(`$ErrorActionPreference = 'Stop'; (New-Object -ComObject WScript.Network).${call}`)

/** All of them, in the order in which they are tried. */
export const clients: readonly Client[] = [
  ...library,
  program(
    'net use',
    'net.exe',
    (share) => ['use', share],
    (share) => ['use', share, '/delete'],
  ),
  program(
    'PowerShell New-SmbMapping',
    'powershell.exe',
    (share) => powershell(`New-SmbMapping -RemotePath '${share}' -ErrorAction Stop`),
    (share) => powershell(`Remove-SmbMapping -RemotePath '${share}' -Force -ErrorAction Stop`),
  ),
  program(
    'WScript.Network.MapNetworkDrive',
    'powershell.exe',
    (share) => network(`MapNetworkDrive('', '${share}')`),
    (share) => network(`RemoveNetworkDrive('${share}')`),
  ),
]
