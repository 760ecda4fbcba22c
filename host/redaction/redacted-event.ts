// Events and rows of a snapshot with pseudonyms for their names: the same that the records themselves would get.

import type { Loss } from '../model/account.ts'
import type { Operation } from '../model/events.ts'
import type { Observed } from '../model/observed.ts'
import type { Redactor } from './redactor.ts'

export function redactedOperation(redactor: Redactor, operation: Operation): Operation {
  const { host, user, remoteName, localName, provider, process } = operation
  return {
    ...operation,
    host: changed(host, (name) => redactor.host(name)),
    user: redactor.user(user),
    remoteName: changed(remoteName, (name) => redactor.remoteName(name)),
    localName: changed(localName, (name) => redactor.localName(name)),
    provider: changed(provider, (name) => redactor.provider(name)),
    process: { ...process, image: changed(process.image, (name) => redactor.imageName(name)) },
  }
}

/** The path of a ring may have names of people in it: its file id says which it is. */
export function redactedLoss(redactor: Redactor, loss: Loss): Loss {
  return {
    ...loss,
    ring: `ring ${loss.fileId}`,
    user: redactor.user(loss.user),
    host: changed(loss.host, (name) => redactor.host(name)),
  }
}

export function redactedObserved(redactor: Redactor, observed: Observed): Observed {
  const { user, remoteName, localName, provider } = observed
  return {
    ...observed,
    user: redactor.user(user),
    remoteName: redactor.remoteName(remoteName),
    localName: changed(localName, (name) => redactor.localName(name)),
    provider: changed(provider, (name) => redactor.provider(name)),
  }
}

function changed<Name extends string | undefined>(name: Name, change: (name: string) => string): Name {
  return (name === undefined ? name : change(name)) as Name
}
