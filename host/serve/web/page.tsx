import { render } from 'preact'
import { useEffect, useReducer, useRef, useState } from 'preact/hooks'
import { DurationChart, RateChart } from './charts.tsx'
import { Details } from './details.tsx'
import { BEGINNING, type Event, type Now, next, type Row, type ServerGroup } from './state.ts'
import { clock, count, duration, shown } from './text.ts'

/** Rows are drawn together, this many times a second. */
const DRAW_MS = 200

/** Follows the server's stream for a filter. EventSource connects again by itself and says which row it has seen last. */
function useStream(filter: string, dispatch: (event: Event) => void) {
  useEffect(() => {
    dispatch({ type: 'restart' })
    const source = new EventSource(`/events?filter=${encodeURIComponent(filter)}`)
    let waiting: Row[] = []
    const draw = setInterval(() => {
      if (waiting.length === 0) return
      dispatch({ type: 'rows', rows: waiting.reverse() })
      waiting = []
    }, DRAW_MS)
    const on = (name: string, use: (data: never) => void) =>
      source.addEventListener(name, (event) => use(JSON.parse((event as MessageEvent<string>).data) as never))
    source.onopen = () => dispatch({ type: 'open' })
    source.onerror = () => dispatch({ type: 'lost' })
    on('operation', (row: Row) => waiting.push(row))
    on('skipped', ({ rows }: { rows: number }) => dispatch({ type: 'skipped', rows }))
    on('history', (seconds: never) => dispatch({ type: 'history', seconds }))
    on('now', (now: Now) => dispatch({ type: 'now', now }))
    on('gap', () => dispatch({ type: 'gap' }))
    on('refused', ({ error }: { error: string }) => {
      source.close()
      dispatch({ type: 'refused', error })
    })
    return () => {
      clearInterval(draw)
      source.close()
    }
  }, [filter])
}

function Page() {
  const [state, dispatch] = useReducer(next, BEGINNING)
  const [filter, setFilter] = useState('')
  const [chosen, choose] = useState<Row | undefined>(undefined)
  useStream(filter, dispatch)
  const { connection, isPaused, rows, held, skipped, hasGap, now, seconds, refused } = state
  const connectionText = { connecting: 'Connecting…', live: isPaused ? 'Paused' : 'Live', lost: 'The connection is lost; trying again…' }[
    connection
  ]
  return (
    <main>
      <header>
        <h1>Network connections, live</h1>
        <span class={`state ${connection}`} role="status">
          {connectionText}
        </span>
      </header>
      <FilterBox filter={filter} onChoose={setFilter}>
        <button type="button" aria-pressed={isPaused} onClick={() => dispatch({ type: 'pause' })}>
          {isPaused ? 'Go on' : 'Pause'}
        </button>
      </FilterBox>
      {refused && <p class="error">{refused}</p>}
      {now && <Tiles now={now} />}
      <div class="charts">
        <RateChart seconds={seconds} />
        <DurationChart cells={now?.durations ?? []} />
      </div>
      <div class="two">
        <Servers title="Slow servers" servers={now?.slowest ?? []} />
        <Servers title="Failing servers" servers={now?.failing ?? []} />
      </div>
      <h2 id="operations">Operations, the newest first</h2>
      <p class="note">
        {[
          skipped > 0 && `${count(skipped)} more operations were counted and not shown.`,
          hasGap && 'Some operations may be missing from the list since the connection broke.',
          isPaused && held.length > 0 && `${count(held.length)} new ${held.length === 1 ? 'one waits' : 'ones wait'}.`,
          rows.length === 0 && !isPaused && 'Nothing yet: operations appear as they happen.',
        ]
          .filter(Boolean)
          .join(' ')}
      </p>
      <Wide label="operations">
        <table class="rows">
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Result</th>
              <th scope="col">Device</th>
              <th scope="col">Remote name</th>
              <th scope="col" class="number">
                Took
              </th>
              <th scope="col" class="hide-narrow">
                Program
              </th>
              <th scope="col" class="hide-narrow">
                User
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <OperationRow key={row.id} row={row} onChoose={choose} />
            ))}
          </tbody>
        </table>
      </Wide>
      {chosen && <Details row={chosen} onFilter={setFilter} onClose={() => choose(undefined)} />}
    </main>
  )
}

/** A part that may be wider than the screen. @param label id of its title */
function Wide({ label, children }: { readonly label: string; readonly children: preact.ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section class="wide" tabIndex={0} aria-labelledby={label}>
      {children}
    </section>
  )
}

interface FilterBoxProps {
  readonly filter: string
  readonly onChoose: (filter: string) => void
  readonly children: preact.ComponentChildren
}

/** The filter language of docs/filters.md, judged by the server as it is typed. */
function FilterBox({ filter, onChoose, children }: FilterBoxProps) {
  const [text, setText] = useState(filter)
  const [error, setError] = useState('')
  const latest = useRef('')
  useEffect(() => setText(filter), [filter])
  const judge = async (typed: string) => {
    latest.current = typed
    const response = await fetch(`/filter?text=${encodeURIComponent(typed)}`)
    const answer = (await response.json()) as { error?: string }
    if (latest.current === typed) setError(answer.error ?? '')
    return answer.error === undefined
  }
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (await judge(text)) onChoose(text.trim())
  }
  return (
    <form onSubmit={submit}>
      <div class="tools">
        <label>
          Filter
          <input
            name="filter"
            value={text}
            placeholder='outcome == "failed" && durationMs > 2s'
            autocomplete="off"
            spellcheck={false}
            aria-invalid={error !== ''}
            aria-describedby="filter-error"
            onInput={(event) => {
              setText(event.currentTarget.value)
              void judge(event.currentTarget.value)
            }}
          />
        </label>
        <button type="submit">Apply</button>
        {children}
      </div>
      <p id="filter-error" class="error" role="alert">
        {error}
      </p>
    </form>
  )
}

function Tiles({ now: { second, totals } }: { readonly now: Now }) {
  const { overrun, abandoned, corrupt } = totals.lost
  const lost = overrun + abandoned + corrupt
  const tiles: [string, string][] = [
    ['Operations a second', count(second.operations)],
    ['Failed a second', count(second.failed)],
    ['In flight', count(totals.waiting)],
    ['Operations', count(totals.operations)],
    ['Failed', count(totals.failed)],
    ['Records lost', count(lost)],
    ['Rings', count(totals.rings)],
  ]
  return (
    <dl class="tiles">
      {tiles.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class={name === 'Records lost' && lost > 0 ? 'failed' : ''}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Servers({ title, servers }: { readonly title: string; readonly servers: readonly ServerGroup[] }) {
  return (
    <section>
      <h2 id={title}>{title}</h2>
      <Wide label={title}>
        <table>
          <thead>
            <tr>
              <th scope="col">Server</th>
              <th scope="col" class="number">
                Operations
              </th>
              <th scope="col" class="number">
                Failed
              </th>
              <th scope="col" class="number">
                p90
              </th>
            </tr>
          </thead>
          <tbody>
            {servers.map(({ key, operations, failed, p90 }) => (
              <tr key={key}>
                <td class="name">{shown(key)}</td>
                <td class="number">{count(operations)}</td>
                <td class="number">{count(failed)}</td>
                <td class="number">{duration(p90)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  )
}

function OperationRow({ row, onChoose }: { readonly row: Row; readonly onChoose: (row: Row) => void }) {
  const { time, kind, outcome, error, localName, remoteName, durationMs, process, user } = row
  return (
    <tr
      tabIndex={0}
      aria-haspopup="dialog"
      onClick={() => onChoose(row)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        onChoose(row)
      }}
    >
      <td>{clock(time)}</td>
      <td class={outcome}>
        {kind} {outcome}
        {error && `: ${error.name ?? error.code}`}
      </td>
      <td>{shown(localName) || '–'}</td>
      <td class="name">{shown(remoteName) || '–'}</td>
      <td class="number">{duration(durationMs)}</td>
      <td class="hide-narrow">{shown(process.image) || process.id}</td>
      <td class="hide-narrow">{shown(user)}</td>
    </tr>
  )
}

render(<Page />, document.getElementById('page')!)
