// What a run of the producer benchmark leaves behind: tables on the terminal and, with --write, a page and the figures.

import { mkdirSync, writeFileSync } from 'node:fs'
import type { environment } from '../lib/environment.ts'
import { figure, markdownTable, type Row, terminalTable } from '../lib/table.ts'
import type { Costs, Together } from './samples.ts'

interface Place {
  readonly alone: Costs
  /** By number of processes. */
  readonly together: Readonly<Record<string, Together>>
}

interface Result {
  readonly ratios: Readonly<Record<string, number>>
  readonly native: Place
  readonly wine: Place
  readonly environment: ReturnType<typeof environment>
}

const FOLDER = 'docs/benchmarks'
const HEAD: Row = ['ns a call', 'in batches', 'median', 'p99', 'p99.9']

const HEAD_TOGETHER: Row = [...HEAD, 'not written']

const LABELS: Readonly<Record<string, string>> = {
  'record copy': 'memcpy of the record',
  'ticks clock': 'performance counter alone',
  'both clocks': 'performance counter and wall clock',
  'one clock and copy': 'performance counter and memcpy',
  'clocks and copy': 'both clocks and memcpy',
  floor: 'both clocks, memcpy and the three interlocked steps of a record',
  'names read': 'the names read and laid out, nothing more',
  notification: 'mprtap: one notification',
  'notification without token': 'mprtap: one notification, token not asked for',
  'token query': "the question for the thread's token alone",
  'log append': 'append of the record to a log file',
  'socket json': 'JSON through a Unix socket to Node',
  'pipe json': 'JSON through a named pipe to Node',
}

const RATIOS: Readonly<Record<string, string>> = {
  producer_vs_clock_and_memcpy: 'native: notification / both clocks and memcpy',
  producer_vs_one_clock_and_memcpy: 'native: notification / one clock and memcpy',
  producer_vs_floor: 'native: notification / both clocks, memcpy and the three interlocked steps',
  log_vs_producer: 'native: log file / notification',
  socket_vs_producer: 'native: JSON through a socket / notification',
  wine_producer_without_token_vs_clock_and_memcpy: 'Wine: notification without token / both clocks and memcpy',
  wine_producer_vs_token_query: 'Wine: notification / token question alone',
  wine_log_vs_producer: 'Wine: log file / notification',
  wine_pipe_vs_producer: 'Wine: JSON through a named pipe / notification',
  wine_pipe_vs_producer_single_calls: 'Wine: JSON through a named pipe / notification, medians of single calls',
  wine_pipe_vs_producer_without_token: 'Wine: JSON through a named pipe / notification without token',
}

const rows = (costs: Costs): Row[] =>
  Object.entries(costs)
    .sort(([, a], [, b]) => a.batch - b.batch)
    .map(([name, { batch, median, p99, p99_9 }]) => [LABELS[name] ?? name, figure(batch), figure(median), figure(p99), figure(p99_9)])

const rowsTogether = (together: Place['together']): Row[] =>
  Object.entries(together).map(([processes, { notification, unwritten }]) => [
    `${processes} ${processes === '1' ? 'process' : 'processes'} on one ring`,
    ...[notification.batch, notification.median, notification.p99, notification.p99_9].map(figure),
    unwritten,
  ])

const ratioRows = ({ ratios }: Result): Row[] => Object.entries(ratios).map(([key, value]) => [RATIOS[key] ?? key, value])

function page(result: Result): string {
  const { cpu, cores, os, node, clang, date, commit } = result.environment
  return `${[
    '<!-- Written by "npm run bench -- producer --write". Do not edit: the text is in bench/producer/report.ts. -->',
    '# What a notification costs: `npm run bench -- producer --write`',
    `${cpu}, ${cores} cores; ${os}; Node ${node}, clang ${clang}; ${date}, commit ${commit}. Absolute figures depend on the machine and on what else it did; only ratios within one run mean something.`,
    'One notification is the PRE of an add: its names are read, both clocks are read, the record is built, given its checksum and written into a ring of 1,024 slots. Everything is measured in turn, round after round. The first column is the median over batches of calls, and what ratios are made of; the others are over calls that were timed one by one, less what the timing takes. With a reader at the other end only the first column has its share of the work: writers wait for it now and then.',
    '## In ratios',
    markdownTable(['ratio', ''], ratioRows(result)),
    '## Natively',
    "The DLL's own record and ring code in a Linux program: without the exception guard and without the token, which only Windows has.",
    markdownTable(HEAD, rows(result.native.alone)),
    'A record that several processes write, any of which may end at any point, needs three interlocked operations: a sequence is claimed, its slot is taken, the slot is committed. What a notification costs beyond these, the clocks and the copy is the reading of the names and the checksum ([ADR 15](../adr/0015-what-a-notification-costs.md)).',
    markdownTable(HEAD_TOGETHER, rowsTogether(result.native.together)),
    '## Under Wine',
    "The real DLL, called through its export. A question for the thread's token is a system call; Wine asks its server, which is far slower than a system call of Windows. Everything else that leaves the process is paid for by the first notification: `tests/dll/wine.mjs` counts the server's requests and finds one for each further notification. The build without the token differs in nothing but that question.",
    markdownTable(HEAD, rows(result.wine.alone)),
    markdownTable(HEAD_TOGETHER, rowsTogether(result.wine.together)),
    `With more processes than cores, a process that waits for a core in the middle of a call is what p99.9 shows; one that waits inside the ring keeps its slot for a lap, and a notification that meets four such slots is given up and counted in the ring's header.`,
  ].join('\n\n')}\n`
}

function text(result: Result): string {
  const { native, wine } = result
  const parts = [
    ['natively', HEAD, rows(native.alone)],
    ['natively, together', HEAD_TOGETHER, rowsTogether(native.together)],
    ['under Wine', HEAD, rows(wine.alone)],
    ['under Wine, together', HEAD_TOGETHER, rowsTogether(wine.together)],
    ['ratios', ['ratio', ''], ratioRows(result)],
  ] as const
  return parts.map(([title, head, body]) => `${title}\n${terminalTable(head, body)}`).join('\n\n')
}

export function report(_name: string, result: Result, { print, write }: { print: boolean; write: boolean }): void {
  if (print) process.stdout.write(`${text(result)}\n`)
  if (!write) return
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(`${FOLDER}/producer.json`, `${JSON.stringify(result, undefined, 1)}\n`)
  writeFileSync(`${FOLDER}/producer.md`, page(result))
}
