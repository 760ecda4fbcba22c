import type { VerbEntry } from './verb.ts'

/** All verbs, in the order of `mprtap --help`. A new verb is a file in commands/ and an entry here. */
export const VERBS: readonly VerbEntry[] = [
  {
    name: 'watch',
    summary: 'Print one line for each add or cancel of a network connection, as it happens.',
    load: async () => (await import('./commands/watch.ts')).verb,
  },
  {
    name: 'report',
    summary: 'Read what the rings hold: operations, failures and durations by server, share, error, image or user.',
    load: async () => (await import('./commands/report.ts')).verb,
  },
  {
    name: 'record',
    summary: 'Keep what is in the rings, and what comes, in captures that Wireshark opens too.',
    load: async () => (await import('./commands/record.ts')).verb,
  },
  {
    name: 'install',
    summary: 'Put mprtap on this Windows machine, repair it or bring it up to date; all of it, or nothing.',
    load: async () => (await import('./commands/install.ts')).verb,
  },
  {
    name: 'uninstall',
    summary: 'Take mprtap off this machine; rings, captures and consumers stay unless --purge is given.',
    load: async () => (await import('./commands/uninstall.ts')).verb,
  },
  {
    name: 'status',
    summary: 'Say what of mprtap is on this machine, and whether all of it is as it should be.',
    load: async () => (await import('./commands/status.ts')).verb,
  },
  {
    name: 'doctor',
    summary: 'Ask this machine everything that mprtap rests on, and see which clients are recorded.',
    load: async () => (await import('./commands/doctor.ts')).verb,
  },
  {
    name: 'control',
    summary: 'Show the control file, or set it: recording on or off for all processes, the size of new rings.',
    load: async () => (await import('./commands/control.ts')).verb,
  },
  {
    name: 'notifyees',
    summary: 'Audit which DLLs hear of every connection on this machine: notifyees and network providers.',
    load: async () => (await import('./commands/notifyees.ts')).verb,
  },
  {
    name: 'snapshot',
    summary: 'List what is mapped now in this logon session, restored drives included.',
    load: async () => (await import('./commands/snapshot.ts')).verb,
  },
  {
    name: 'logons',
    summary: 'Show the slowest logons, and where their mapping time went.',
    load: async () => (await import('./commands/logons.ts')).verb,
  },
  {
    name: 'history',
    summary: 'Show what became of a drive letter, a share or a server, and who did it.',
    load: async () => (await import('./commands/history.ts')).verb,
  },
  {
    name: 'serve',
    summary: 'Show what happens on a live page of this machine, and as Prometheus metrics.',
    load: async () => (await import('./commands/serve.ts')).verb,
  },
  {
    name: 'forward',
    summary: 'Send what is in the rings, and what comes, to NATS JetStream; each record once, or told as lost.',
    load: async () => (await import('./commands/forward.ts')).verb,
  },
  {
    name: 'farm',
    summary: 'Make the stream that a farm of hosts forwards to, and say how its hosts are.',
    load: async () => (await import('./commands/farm.ts')).verb,
  },
  {
    name: 'prune',
    summary: 'Remove rings that nobody writes to any more, and say what was done.',
    load: async () => (await import('./commands/prune.ts')).verb,
  },
  {
    name: 'generate',
    summary: 'Write rings full of realistic traffic, to try things out without Windows.',
    load: async () => (await import('./commands/generate.ts')).verb,
  },
  {
    name: 'bench',
    summary: 'Measure how fast this machine reads rings and captures, beside ordinary JavaScript.',
    load: async () => (await import('./commands/bench.ts')).verb,
  },
  {
    name: 'dissector',
    summary: 'Print a dissector for Wireshark and tshark, so that they show the records of a capture.',
    load: async () => (await import('./commands/dissector.ts')).verb,
  },
  {
    name: 'fields',
    summary: 'List the fields of operations and notifications, for --fields and --filter.',
    load: async () => (await import('./commands/fields.ts')).verb,
  },
  {
    name: 'explain',
    summary: 'Say what an error means for a drive mapping, what to check next, and what the records know about it.',
    load: async () => (await import('./commands/explain.ts')).verb,
  },
  {
    name: 'top',
    summary: 'Show live which servers, users and programs are busy, slow or failing, and what is in flight.',
    load: async () => (await import('./commands/top.ts')).verb,
  },
  {
    name: 'completion',
    summary: 'Print a script that completes commands and options in a shell.',
    load: async () => (await import('./commands/completion.ts')).completionOf(VERBS),
  },
]
