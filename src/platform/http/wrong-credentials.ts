import { isIPv6 } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Counter } from 'prom-client';
import { Clock } from '../clock.js';
import { Metrics } from '../metrics.js';

const WINDOW_MS = 60_000;
/** A client that was set up wrongly, or a person who mistypes, stays below it. */
const ANSWERED_AT_ONCE = 10;
const DELAY_MS = 500;
/** Bounds the memory that requests from ever new addresses can take; the oldest is forgotten first. */
const MAX_ADDRESSES = 10_000;

/**
 * Counts wrong credentials and slows who tries many: after ten within a minute each further refusal of that address waits half a second. Right ones
 * never come here, so nobody is locked out by others behind the same address.
 */
@Injectable()
export class WrongCredentials {
  private readonly counts = new Map<string, { since: number; count: number }>();
  private readonly total: Counter<'api'>;

  constructor(
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.total = new Counter({
      name: 'masking_wrong_credentials_total',
      help: 'Requests that showed credentials which open nothing; those that showed none are not counted.',
      labelNames: ['api'],
      registers: [metrics.registry],
    });
    for (const api of ['masking', 'admin']) this.total.inc({ api }, 0);
  }

  /** To be awaited before the refusal. */
  async note(request: FastifyRequest, api: 'masking' | 'admin'): Promise<void> {
    this.total.inc({ api });
    if (this.countOf(networkOf(request.ip)) > ANSWERED_AT_ONCE) await delay(DELAY_MS);
  }

  private countOf(address: string): number {
    const now = this.clock.now();
    const known = this.counts.get(address);
    // A wall clock that was set back begins a new window too.
    const isCurrent = known !== undefined && Math.abs(now - known.since) < WINDOW_MS;
    const entry = isCurrent ? known : { since: now, count: 0 };
    entry.count += 1;
    if (isCurrent) return entry.count;

    this.counts.delete(address);
    this.counts.set(address, entry);
    const [oldest] = this.counts.keys();
    if (this.counts.size > MAX_ADDRESSES && oldest !== undefined) this.counts.delete(oldest);
    return entry.count;
  }
}

/** An IPv6 customer has a whole /64 to send from. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = ''] = address.split('::');
  const given = head.split(':');
  return [...given, '0', '0', '0', '0'].slice(0, 4).join(':');
}
