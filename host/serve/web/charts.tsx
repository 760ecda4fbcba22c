import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import type { Second } from './state.ts'
import { clock, duration } from './text.ts'

/** A canvas chart has no text for a screen reader: the tiles and tables beside it say the same. */
function useChart(make: (element: HTMLElement, width: number) => uPlot, data: uPlot.AlignedData) {
  const element = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | undefined>(undefined)
  useEffect(() => {
    const target = element.current!
    const made = make(target, target.clientWidth)
    chart.current = made
    const resize = new ResizeObserver(() => made.setSize({ width: target.clientWidth, height: HEIGHT }))
    resize.observe(target)
    return () => {
      resize.disconnect()
      made.destroy()
    }
  }, [make])
  useEffect(() => chart.current?.setData(data), [data])
  return element
}

const HEIGHT = 150
const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
const axis = (): uPlot.Axis => ({
  stroke: colour('--soft'),
  grid: { stroke: colour('--line'), width: 1 },
  ticks: { show: false },
  font: '11px system-ui',
})

const makeRate = (target: HTMLElement, width: number) =>
  new uPlot(
    {
      width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(max, 1)] } },
      axes: [{ ...axis(), space: 90, values: (_, values) => values.map((value) => clock(value)) }, axis()],
      series: [
        {},
        { label: 'operations', stroke: colour('--good'), width: 1.5, points: { show: false } },
        { label: 'failed', stroke: colour('--bad'), width: 1.5, dash: [5, 3], points: { show: false } },
      ],
    },
    [[], [], []],
    target,
  )

export function RateChart({ seconds }: { readonly seconds: readonly Second[] }) {
  const element = useChart(makeRate, [
    seconds.map(({ at }) => at),
    seconds.map(({ operations }) => operations),
    seconds.map(({ failed }) => failed),
  ])
  return (
    <section aria-label="Rate">
      <h2>Operations a second (dashed: failed)</h2>
      <div ref={element} class="chart" aria-hidden="true" />
    </section>
  )
}

const FIRST_OCTAVE = 1
const OCTAVES = 26

const makeDurations = (target: HTMLElement, width: number) =>
  new uPlot(
    {
      width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(max, 1)] } },
      axes: [{ ...axis(), values: (_, values) => values.map((octave) => duration(2 ** (octave + 2) / 1000)) }, axis()],
      series: [
        {},
        { stroke: colour('--good'), fill: colour('--good'), paths: uPlot.paths.bars!({ size: [0.85, 60] }), points: { show: false } },
      ],
    },
    [[], []],
    target,
  )

/** Durations by octave: each bar is twice as long as the one before it. */
export function DurationChart({ cells }: { readonly cells: readonly (readonly [number, number])[] }) {
  const octaves = new Array<number>(OCTAVES).fill(0)
  for (const [cell, count] of cells) octaves[Math.min(Math.max((cell >> 3) - FIRST_OCTAVE, 0), OCTAVES - 1)]! += count
  const element = useChart(makeDurations, [octaves.map((_, i) => i + FIRST_OCTAVE), octaves])
  return (
    <section aria-label="Durations">
      <h2>How long they took</h2>
      <div ref={element} class="chart" aria-hidden="true" />
    </section>
  )
}
