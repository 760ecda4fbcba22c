// Tells when a program maps what it should not: a policy is one filter, judged in the core.   node policy-alarm.mjs [SOURCE…]
import { all, any, field, not, openTap } from 'mprtap'

const allowedServers = ['\\\\fs01\\*', '\\\\fs02\\*']
const policy = all(
  field('kind').equals('add'),
  any(
    // a server that is not ours,
    not(any(...allowedServers.map((pattern) => field('remoteName').glob(pattern)))),
    // a connection that comes back at every logon, made by a script,
    all(field('flags').has('CONNECT_UPDATE_PROFILE'), field('process.image').glob('*script.exe')),
    // or a share of administrators.
    field('remoteName').glob('\\\\*\\?$'),
  ),
)

const tap = await openTap({ sources: process.argv.slice(2), follow: process.argv.length === 2, filter: policy })
for await (const { timestamp, user, process: program, remoteName, outcome } of tap) {
  console.log(JSON.stringify({ timestamp, user, program: program.image, remoteName, outcome }))
}
