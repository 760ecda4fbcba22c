// Connections as server-sent events: curl -N http://127.0.0.1:8080/events   node fastify.mjs PORT [SOURCE…]
import fastify from 'fastify'
import { openTap, operationJson } from 'mprtap'

const [port = '8080', ...sources] = process.argv.slice(2)
const clients = new Set()
const server = fastify({ forceCloseConnections: true })

server.get('/events', (request, reply) => {
  reply.hijack()
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  reply.raw.write(': welcome\n\n')
  clients.add(reply.raw)
  request.raw.once('close', () => clients.delete(reply.raw))
})
await server.listen({ port: Number(port), host: '127.0.0.1' })
console.log(`listening on port ${server.server.address().port}`)

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort())
for await (const operation of await openTap({ sources, signal: stop.signal })) {
  const text = `id: ${operation.id}\ndata: ${operationJson(operation)}\n\n`
  // A browser that does not keep up is let go: it comes back by itself, and the tap waits for nobody.
  for (const client of clients) if (!client.write(text)) client.destroy()
}
await server.close()
