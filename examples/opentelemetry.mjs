// Each connection as a span with its true begin and end.   node opentelemetry.mjs [SOURCE…]
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { openTap } from 'mprtap'

// In a program of yours: an OTLP exporter and a BatchSpanProcessor.
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())] })
trace.setGlobalTracerProvider(provider)
const tracer = trace.getTracer('mprtap')

const tap = await openTap({ sources: process.argv.slice(2), follow: process.argv.length === 2 })
for await (const operation of tap) {
  const { time, durationMs, error, process: program } = operation
  if (durationMs === undefined) continue
  const attributes = {
    'network.share.name': operation.remoteName ?? '',
    'network.share.drive': operation.localName ?? '',
    'network.share.outcome': operation.outcome,
    'process.pid': program.id,
    'process.executable.name': program.image ?? '',
    'user.id': operation.user,
  }
  const span = tracer.startSpan(`${operation.kind} connection`, { kind: SpanKind.CLIENT, startTime: time, attributes })
  if (error) span.setStatus({ code: SpanStatusCode.ERROR, message: error.name ?? String(error.code) })
  span.end(time + durationMs)
}
await provider.forceFlush()
