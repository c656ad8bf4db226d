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

  /** Returns what ends it. */
  subscribe<E>(event: EventClass<E>, subscriber: Subscriber<E>): () => void {
    const { eventName } = event;
    const added = subscriber as Subscriber<never>;
    // Whoever is publishing goes on with the list as it was.
    this.subscribers.set(eventName, [...(this.subscribers.get(eventName) ?? []), added]);
    return () => {
      const rest = (this.subscribers.get(eventName) ?? []).filter((one) => one !== added);
      if (rest.length > 0) this.subscribers.set(eventName, rest);
      else this.subscribers.delete(eventName);
    };
  }

  async publish<E extends object>(tx: Tx, event: E): Promise<void> {
    const { eventName } = event.constructor as unknown as EventClass<E>;
    for (const subscriber of this.subscribers.get(eventName) ?? []) await (subscriber as Subscriber<E>)(tx, event);
  }
}
