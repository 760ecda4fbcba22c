// Checked by the compiler: these functions are never called.

import { describe, expectTypeOf, it } from 'vitest'
import type { EventFields, Notification, Operation, OperationError, ResourceType } from '../../host/index.ts'
import { type Batch, openTap, type RowCursor } from '../../host/index.ts'

describe('the type of an operation', () => {
  it('knows after `outcome` whether there is an error, a status, a duration', () => {
    expectTypeOf((operation: Operation) => {
      if (operation.outcome === 'failed' || operation.outcome === 'cancelled') {
        expectTypeOf(operation.error).toEqualTypeOf<OperationError>()
        expectTypeOf(operation.status).toEqualTypeOf<number>()
      } else if (operation.outcome === 'succeeded') {
        expectTypeOf(operation.error).toEqualTypeOf<undefined>()
        expectTypeOf(operation.status).toEqualTypeOf<number>()
        expectTypeOf(operation.durationMs).toEqualTypeOf<number | undefined>()
      } else {
        expectTypeOf(operation.status).toEqualTypeOf<undefined>()
        expectTypeOf(operation.durationMs).toEqualTypeOf<undefined>()
      }
    }).toBeFunction()
  })

  it('knows after `kind` whether there is a resource type or the force of a cancel', () => {
    expectTypeOf((event: EventFields) => {
      if (event.kind === 'cancel') {
        expectTypeOf(event.force).toEqualTypeOf<boolean>()
        expectTypeOf(event.resourceType).toEqualTypeOf<undefined>()
      } else {
        expectTypeOf(event.force).toEqualTypeOf<undefined>()
        expectTypeOf(event.resourceType).toEqualTypeOf<ResourceType>()
      }
    }).toBeFunction()
  })

  it('knows after `error` that the operation failed or was cancelled', () => {
    expectTypeOf((operation: Operation) => {
      if (operation.error) expectTypeOf(operation.outcome).toEqualTypeOf<'failed' | 'cancelled'>()
    }).toBeFunction()
  })
})

describe('the type of a notification', () => {
  it('knows after `phase` whether there is a status', () => {
    expectTypeOf((notification: Notification) => {
      if (notification.phase === 'pre') expectTypeOf(notification.status).toEqualTypeOf<undefined>()
      else expectTypeOf(notification.status).toEqualTypeOf<number>()
    }).toBeFunction()
  })
})

describe('the type of a tap', () => {
  it('follows the level, from openTap() to the rows of a batch', () => {
    expectTypeOf(async () => {
      const operations = await openTap()
      for await (const event of operations) expectTypeOf(event).toEqualTypeOf<Operation>()
      const notifications = await openTap({ level: 'notification' })
      for await (const batch of notifications.batches()) {
        expectTypeOf(batch).toEqualTypeOf<Batch<Notification>>()
        expectTypeOf(batch.objects()).toEqualTypeOf<Notification[]>()
        expectTypeOf(batch.cursor()).toEqualTypeOf<RowCursor<Notification>>()
      }
    }).toBeFunction()
  })
})
