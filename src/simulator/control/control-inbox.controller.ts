import { Body, Controller, Delete, Get, HttpCode, Post, Query, UseFilters, UseGuards } from '@nestjs/common';
import type { InboxEntry, InboxFault } from '../inbox/inbox.js';
import { Simulator } from '../simulator.js';
import { ControlCallers } from './control-callers.js';
import { ControlErrorFilter, ControlRefusal } from './control-errors.js';
import { Fields, readWait } from './control-fields.js';
import { iso } from './control-views.js';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject } from '../../platform/openapi/schemas.js';

const LONGEST_HANG_MS = 60_000;
const MOST_ENTRIES = 1000;
const DEFAULT_ENTRIES = 50;

interface InboxQuery {
  name?: string;
  session?: string;
  event?: string;
  limit?: string;
  wait_for?: string;
  timeout?: string;
}

const ANSWER = anyObject('As this simulator shows it.');
const BODY = { 'application/json': anyObject('What this simulator is told.') };

/** Shows what the inbox received, and makes it a bad receiver. */
@Controller('simulator/control/inbox')
@UseGuards(ControlCallers)
@UseFilters(ControlErrorFilter)
export class ControlInboxController {
  constructor(private readonly simulator: Simulator) {}

  /**
   * Newest first. `name` is an inbox, empty for the one without a name; `session` a session's uuid; `event` an EventName. `wait_for` answers
   * when that many are there, or with 408 after `timeout` seconds (5).
   */
  @Get()
  @Documented({
    summary: 'What the inbox received, newest first',
    operationId: 'listInbox',
    answers: { 200: ['Done.', ANSWER] },
  })
  async list(@Query() query: InboxQuery) {
    const { name, session, event, timeout } = query;
    const limit = readCount('limit', query.limit) ?? DEFAULT_ENTRIES;
    const awaited = readCount('wait_for', query.wait_for) ?? 0;
    const found = (): InboxEntry[] => this.simulator.inbox.newestFirst({ name, session, event });
    const isThere = await this.simulator.changes.until(() => found().length >= awaited, readWait(timeout));
    if (!isThere) throw new ControlRefusal(408, 'timeout', `expected ${awaited} entries, found ${found().length}`);
    return { items: found().slice(0, limit).map(entryView) };
  }

  @Delete()
  @HttpCode(204)
  @Documented({
    summary: 'Forget what the inbox received',
    operationId: 'clearInbox',
    answers: { 204: ['Done.'] },
  })
  clear(): void {
    this.simulator.inbox.clear();
  }

  @Get('faults')
  @Documented({
    summary: 'How the inbox misbehaves',
    operationId: 'listInboxFaults',
    answers: { 200: ['Done.', ANSWER] },
  })
  faults() {
    return { items: this.simulator.inbox.plan };
  }

  /** Replaces the fault of one inbox, or without a name the one that strikes all. */
  @Post('faults')
  @HttpCode(200)
  @Documented({
    summary: 'Make the inbox a bad receiver',
    operationId: 'orderInboxFault',
    body: BODY,
    isBodyOptional: true,
    answers: { 200: ['Done.', ANSWER] },
  })
  order(@Body() body: unknown): InboxFault {
    const fault = readFault(body);
    this.simulator.inbox.order(fault);
    return { ...fault };
  }

  @Delete('faults')
  @HttpCode(204)
  @Documented({
    summary: 'Make the inbox a good receiver again',
    operationId: 'liftInboxFaults',
    answers: { 204: ['Done.'] },
  })
  lift(): void {
    this.simulator.inbox.liftAll();
  }
}

function readFault(body: unknown): InboxFault {
  const fields = new Fields(body, ['name', 'status', 'hang_ms', 'retry_after', 'reset', 'redirect', 'times']);
  const redirect = fields.text('redirect', (text) => /^[\x21-\x7e]+$/.test(text));
  const given = fields.raw('retry_after');
  const retryAfter =
    typeof given === 'number'
      ? String(fields.number('retry_after', 0, 1_000_000_000))
      : fields.text('retry_after', (text) => /^[\x20-\x7e]+$/.test(text));
  return {
    name: fields.text('name', (text) => /^[A-Za-z0-9._-]{0,64}$/.test(text)),
    status: whole(fields, 'status', 200, 599) ?? (redirect === null ? 200 : 302),
    hang_ms: fields.number('hang_ms', 0, LONGEST_HANG_MS) ?? 0,
    retry_after: retryAfter,
    reset: fields.flag('reset') ?? false,
    redirect,
    times: whole(fields, 'times', 1, 1_000_000),
  };
}

function whole(fields: Fields, name: string, least: number, most: number): number | null {
  const value = fields.number(name, least, most);
  if (value !== null && !Number.isInteger(value)) throw fields.wrong(name, 'a whole number');
  return value;
}

function readCount(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const count = Number(text);
  if (/^\d{1,4}$/.test(text) && count >= 1 && count <= MOST_ENTRIES) return count;
  throw new ControlRefusal(400, 'invalid_request', `${name}: expected a number from 1 to ${MOST_ENTRIES}`);
}

function entryView({ id, at, request, status, signatures }: InboxEntry) {
  const { name, method, path, headers, params, body } = request;
  return {
    id,
    at: iso(at),
    name,
    method,
    url: path,
    headers,
    params: Object.fromEntries(params),
    body,
    status,
    signatures,
  };
}
