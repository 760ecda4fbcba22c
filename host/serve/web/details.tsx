import { useEffect, useRef, useState } from 'preact/hooks'
import type { Row } from './state.ts'
import { duration, quoted, shown } from './text.ts'

interface Explanation {
  readonly meaning?: string
  readonly causes?: readonly string[]
  readonly checks?: readonly { readonly on: string; readonly command: string; readonly look: string }[]
}

interface DetailsProps {
  readonly row: Row
  readonly onFilter: (filter: string) => void
  readonly onClose: () => void
}

/** One operation in full, what its status means, and filters made of it. */
export function Details({ row, onFilter, onClose }: DetailsProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [explanation, setExplanation] = useState<Explanation>({})
  useEffect(() => {
    dialog.current!.showModal()
  }, [])
  const code = row.error?.code
  useEffect(() => {
    setExplanation({})
    if (code !== undefined)
      void fetch(`/explain?status=${code}`).then(async (response) => setExplanation((await response.json()) as Explanation))
  }, [code])
  const use = (filter: string) => {
    onFilter(filter)
    dialog.current!.close()
  }
  const { kind, outcome, error, localName, remoteName, durationMs, process, user, host, sessionId, logonId, time } = row
  const facts: [string, string | undefined][] = [
    ['Time', new Date(time).toISOString()],
    ['Device', shown(localName)],
    ['Remote name', shown(remoteName)],
    ['Result', `${kind} ${outcome}${error ? `: ${error.name ?? 'status'} (${error.code})` : ''}`],
    ['Took', duration(durationMs)],
    ['Program', `${shown(process.image)} ${process.id}`],
    ['User', shown(user)],
    ['Machine', shown(host)],
    ['Session', `${sessionId}, logon ${logonId}`],
    ['Meaning', explanation.meaning],
    ['Usual causes', explanation.causes?.join('; ')],
  ]
  return (
    <dialog ref={dialog} aria-labelledby="details" onClose={onClose}>
      <h2 id="details">{shown(localName || remoteName) || 'Operation'}</h2>
      <dl>{facts.flatMap(([name, value]) => (value ? [<dt key={name}>{name}</dt>, <dd key={`${name} value`}>{value}</dd>] : []))}</dl>
      {explanation.checks && explanation.checks.length > 0 && (
        <>
          <h3>What to check next</h3>
          <ul>
            {explanation.checks.map(({ on, command, look }) => (
              <li key={command}>
                On the {on}: <code>{command}</code>. {look}
              </li>
            ))}
          </ul>
        </>
      )}
      <div class="buttons">
        {remoteName && (
          <button type="button" onClick={() => use(`remoteName == ${quoted(remoteName)}`)}>
            Only this remote name
          </button>
        )}
        <button type="button" onClick={() => use(`user == ${quoted(user)}`)}>
          Only this user
        </button>
        {code !== undefined && (
          <button type="button" onClick={() => use(`status == ${code}`)}>
            Only this error
          </button>
        )}
        <button type="button" onClick={() => dialog.current!.close()}>
          Close
        </button>
      </div>
    </dialog>
  )
}
