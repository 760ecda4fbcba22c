// Electron's main process: the tap reads there, windows get plain objects by IPC. mprtap and koffi stay outside the bundle (docs/embedding.md).
// Electron allows no ArrayBuffer outside its own heap; mprtap makes none: it copies.
import { openTap } from 'mprtap'

/**
 * Sends operations to a window until it is closed.
 * @param {{ send(channel: string, ...values: unknown[]): void, once(event: 'destroyed', listener: () => void): void }} contents `window.webContents`
 * @param {import('mprtap').TapOptions} [options]
 */
export async function sendOperations(contents, options = {}) {
  const stop = new AbortController()
  contents.once('destroyed', () => stop.abort())
  const tap = await openTap({ ...options, signal: stop.signal })
  for await (const batch of tap.batches()) contents.send('operations', batch.objects())
}

// In the main process:
//   import { app, BrowserWindow } from 'electron'
//   app.whenReady().then(() => {
//     const window = new BrowserWindow({ webPreferences: { preload } })
//     sendOperations(window.webContents)
//   })
