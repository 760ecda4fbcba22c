// What each server knows of the stream, and what it answers, when nothing moves any more.
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'

const ANSWER_MS = 2000

/** What became of a request, in a few words. */
async function answer(request) {
  try {
    return await request()
  } catch ({ name, message }) {
    return `${name}: ${message}`
  }
}

async function stream(node) {
  const jsz = await node.ask('/jsz?accounts=true&streams=true&raft=true')
  const { state, cluster } = jsz?.account_details?.[0]?.stream_detail?.find(({ name }) => name === 'MPRTAP') ?? {}
  const replicas = cluster?.replicas?.map(
    ({ name, current, lag, active }) => `${name} ${current ? 'current' : 'behind'} lag ${lag ?? 0} active ${active}`,
  )
  return `meta leader ${jsz?.meta_cluster?.leader}, stream leader ${cluster?.leader}, ${state?.first_seq} to ${state?.last_seq}; ${replicas?.join(', ')}`
}

/** @param {import('../../../scripts/lib/nats-server.mjs').NatsServers} servers */
export async function whatServersSay(servers, token) {
  const lines = []
  for (const node of servers.nodes) {
    lines.push(`${node.name}: ${await stream(node)}`)
    const connection = await connect({ servers: node.url, token, timeout: ANSWER_MS, reconnect: false }).catch(() => undefined)
    if (!connection) {
      lines.push(`${node.name} takes no connection`)
      continue
    }
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: ANSWER_MS })
    const asked = {
      find: () => manager.streams.find('mprtap.v1.main.0.nobody'),
      info: async () => (await manager.streams.info('MPRTAP')).state.last_seq,
      last: async () => (await manager.streams.getMessage('MPRTAP', { last_by_subj: '>' }))?.seq,
      publish: async () => (await manager.jetstream().publish('mprtap.proof', 'are you there?', { timeout: ANSWER_MS })).seq,
    }
    for (const [name, request] of Object.entries(asked)) lines.push(`${node.name} ${name}: ${await answer(request)}`)
    await connection.close()
  }
  return lines
}
