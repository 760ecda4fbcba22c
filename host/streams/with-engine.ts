// One piece of work with the engine, from connect to close, for verbs that ask and end.

import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { Credentials } from './credentials.ts'
import { connectionOptions, describeFault, type NatsConnection, openEngine, parseEngineUrl } from './engine.ts'

export interface Engine {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  /** The stream that the URL names; '' when it names none. */
  readonly stream: string
}

/** @throws MprtapError for a URL or file that is not valid; an Error with a sentence when the engine cannot be reached or will not do it. */
export async function withEngine<Result>(url: string, files: Credentials, work: (engine: Engine) => Promise<Result>): Promise<Result> {
  const address = parseEngineUrl(url)
  const options = connectionOptions(address, files, 'mprtap')
  try {
    const connection = await openEngine(options)
    try {
      return await work({ connection, manager: await jetstreamManager(connection, { checkAPI: false }), stream: address.stream })
    } finally {
      await connection.close()
    }
  } catch (error) {
    throw isOurs(error) ? error : new Error(`${url} ${describeFault(error)}.`, { cause: error })
  }
}

function isOurs(error: unknown): boolean {
  return (error as Error).name === 'MprtapError'
}
