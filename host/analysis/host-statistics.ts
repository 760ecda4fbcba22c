// What a host has counted since its forwarder was first started, as one value that it publishes in the place of the last one:
//
//      gzip of   { "format": 1, "cells": 272, "since": ms, "at": ms, "lost": n, "isFull": false, "operations": [s, f, c, u],
//                  "server": [[key, s, f, c, u, count, sum, min, max, cell, number, cell, number, …], …], "error": […] }
//
// s, f, c, u: operations that succeeded, failed, were cancelled, did not end. The key is a name, or the number of an error; null: all that found no room
// in a group of their own. A group without durations ends after u. A client that may write the value may write anything, so all of it is checked.

import { gunzipSync, gzipSync } from 'node:zlib'
import type { CountedDurations, CountedGroup, Outcomes } from '../model/counted-group.ts'
import { CELLS } from '../model/duration-cells.ts'
import { isCount } from '../model/saved-values.ts'
import { MergedGroups, operationsOf } from './merged-groups.ts'

const FORMAT = 1
/** Groups of a kind that a host has at most: as many as the core counts. */
export const HOST_GROUPS_MAX = 1023
/** Bytes of the value as it is published. */
export const VALUE_MAX = 64 * 1024
/** And unpacked. */
const RAW_MAX = 4 << 20
const KEY_MAX = 32_767
const ERROR_MAX = 0xffff_ffff
/** The last moment that a Date can be. */
const TIME_MAX = 8.64e15

export const FARM_KINDS = ['server', 'error'] as const
export type FarmKind = (typeof FARM_KINDS)[number]

export interface HostStatistics {
  /** When it began to count, and when it counted last; epoch ms. */
  readonly since: number
  readonly at: number
  /** Records that could not be counted, because they were lost. */
  readonly lost: number
  /** A counter is at its end. */
  readonly isFull: boolean
  /** All operations, with those that belong to no server. */
  readonly outcomes: Outcomes
  readonly groups: Readonly<Record<FarmKind, readonly CountedGroup[]>>
}

/** Why a value is not read. */
export type ValueFault = 'newer' | 'tooLarge' | 'damaged'

/** The value that is published. When it would be too long, its smallest groups are counted together. */
export function packStatistics(statistics: HostStatistics): Uint8Array {
  for (let most = HOST_GROUPS_MAX; ; most >>= 1) {
    const text = JSON.stringify(plainStatistics(statistics, most))
    const bytes = text.length > RAW_MAX ? undefined : gzipSync(text)
    if (bytes && bytes.length <= VALUE_MAX) return bytes
  }
}

/** Statistics as JSON has them, as a host keeps them for itself. @param most groups of a kind */
export function plainStatistics({ outcomes, groups, ...rest }: HostStatistics, most = HOST_GROUPS_MAX): object {
  const [server, error] = FARM_KINDS.map((kind) => {
    const merged = new MergedGroups(most)
    for (const group of [...groups[kind]].sort((a, b) => operationsOf(b) - operationsOf(a))) merged.add(group)
    return merged.groups().map(rowOf)
  })
  return { format: FORMAT, cells: CELLS, ...rest, operations: outcomes, server, error }
}

function rowOf({ key, outcomes, durations }: CountedGroup): unknown[] {
  const row: unknown[] = [key ?? null, ...outcomes]
  if (!durations) return row
  const { count, sum, min, max, cells } = durations
  row.push(count, sum, min, max)
  for (const [cell, number] of cells.entries()) if (number > 0) row.push(cell, number)
  return row
}

/** What a value says: all of it is good, or it is not read. */
export function unpackStatistics(value: Uint8Array): HostStatistics | ValueFault {
  if (value.length > VALUE_MAX) return 'tooLarge'
  try {
    return statisticsIn(JSON.parse(gunzipSync(value, { maxOutputLength: RAW_MAX }).toString('utf8')))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'tooLarge' : 'damaged'
  }
}

/** The same of what JSON has. */
export function statisticsIn(found: unknown): HostStatistics | ValueFault {
  if (typeof found !== 'object' || found === null) return 'damaged'
  const { format, cells, since, at, lost, isFull, operations, server, error } = found as Record<string, unknown>
  if (typeof format === 'number' && format > FORMAT) return 'newer'
  if (format !== FORMAT || cells !== CELLS || typeof isFull !== 'boolean') return 'damaged'
  if (!isCount(since) || !isCount(at) || !isCount(lost) || since > TIME_MAX || at > TIME_MAX || !isOutcomes(operations)) return 'damaged'
  const servers = groupsOf(server, isName)
  const errors = groupsOf(error, isError)
  if (!servers || !errors) return 'damaged'
  return { since, at, lost, isFull, outcomes: operations, groups: { server: servers, error: errors } }
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value)
}

function isOutcomes(value: unknown): value is Outcomes {
  return Array.isArray(value) && value.length === 4 && value.every(isCount)
}

function isName(key: unknown): key is string {
  return typeof key === 'string' && key.length <= KEY_MAX
}

function isError(key: unknown): key is number {
  return isCount(key) && key <= ERROR_MAX
}

function groupsOf(rows: unknown, isKey: (key: unknown) => key is string | number): CountedGroup[] | undefined {
  if (!Array.isArray(rows) || rows.length > HOST_GROUPS_MAX + 1) return undefined
  const groups: CountedGroup[] = []
  for (const row of rows) {
    const group = groupOf(row, isKey)
    if (!group) return undefined
    groups.push(group)
  }
  return groups
}

function groupOf(row: unknown, isKey: (key: unknown) => key is string | number): CountedGroup | undefined {
  if (!Array.isArray(row)) return undefined
  const [key, ...numbers] = row
  const outcomes = numbers.slice(0, 4)
  if (!(key === null || isKey(key)) || !isOutcomes(outcomes)) return undefined
  const group = { key: key ?? undefined, outcomes, durations: undefined }
  if (numbers.length === 4) return group
  const durations = durationsOf(numbers.slice(4))
  return durations && { ...group, durations }
}

function durationsOf([count, sum, min, max, ...cells]: readonly unknown[]): CountedDurations | undefined {
  if (!isCount(count) || count === 0 || ![sum, min, max].every(isAmount) || (min as number) > (max as number)) return undefined
  if (cells.length % 2 !== 0 || cells.length > 2 * CELLS) return undefined
  const histogram = new Float64Array(CELLS)
  let last = -1
  let left = count
  for (let i = 0; i < cells.length; i += 2) {
    const [cell, number] = cells.slice(i, i + 2)
    if (!isCount(cell) || cell <= last || cell >= CELLS || !isCount(number)) return undefined
    last = cell
    histogram[cell] = number
    left -= number
  }
  return left === 0 ? { count, sum: sum as number, min: min as number, max: max as number, cells: histogram } : undefined
}
