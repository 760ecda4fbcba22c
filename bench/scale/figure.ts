/** One measured figure, as scale.json has it. */
export interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: string
  /** What has to be said with it. */
  readonly note?: string
}
