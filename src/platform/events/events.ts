import { Injectable } from '@nestjs/common';
import type { Tx } from '../database/database.js';

/** The constructor is the subscription key: what is published and what is listened to cannot drift apart. */
export type EventClass<E> = { new (...parameters: never[]): E; readonly eventName: string };
type Subscriber<E> = (tx: Tx, event: E) => Promise<void>;

/**
 * Facts told to other modules inside the publisher's transaction: every subscriber runs now, with the same `tx`, in the order of
 * subscription, and a failing one fails the whole. Nothing slow or foreign happens in a subscriber; that is a job.
 */
@Injectable()
export class Events {
  private readonly subscribers = new Map<string, Subscriber<never>[]>();

  subscribe<E>(event: EventClass<E>, subscriber: Subscriber<E>): void {
    const list = this.subscribers.get(event.eventName) ?? [];
    list.push(subscriber as Subscriber<never>);
    this.subscribers.set(event.eventName, list);
  }

  async publish<E extends object>(tx: Tx, event: E): Promise<void> {
    const { eventName } = event.constructor as unknown as EventClass<E>;
    for (const subscriber of this.subscribers.get(eventName) ?? []) await (subscriber as Subscriber<E>)(tx, event);
  }
}
