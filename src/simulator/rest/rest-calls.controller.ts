import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Leg } from '../calls/call.js';
import type { LiveLeg } from '../calls/call-book.js';
import { type OutboundCall, startOutboundCall } from '../calls/call-start.js';
import { utcMicroseconds } from '../calls/console-time.js';
import { isBarred, type Settings } from '../rules/settings.js';
import { Simulator } from '../simulator.js';
import { readTarget } from '../webhooks/webhook-target.js';
import { readFilters } from './call-filters.js';
import { callRecord } from './call-record.js';
import { RestAuth } from './rest-auth.js';
import { RestBody } from './rest-body.js';
import { notFound, RestErrorFilter, RestRefusal } from './rest-errors.js';
import { RestFaults } from './rest-faults.js';
import { page, type Query as Filters } from './rest-list.js';
import { seesCalls, viewerOf } from './viewer.js';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject } from '../../platform/openapi/schemas.js';

const MOST_DESTINATIONS = 1000;
const LONGEST_CALLER_NAME = 50;

const ANSWER = anyObject('As this simulator shows it.');
const BODY = { 'application/json': anyObject('What this simulator is told.') };

@Controller('simulator/v1/Account/:authId/Call')
@UseGuards(RestAuth)
@UseInterceptors(RestFaults)
@UseFilters(RestErrorFilter)
export class RestCallsController {
  constructor(private readonly simulator: Simulator) {}

  @Post()
  @HttpCode(201)
  @Documented({
    summary: 'Call one or more numbers',
    operationId: 'makeCall',
    body: BODY,
    isBodyOptional: true,
    answers: { 201: ['Done.', ANSWER] },
  })
  place(@Req() request: FastifyRequest, @Body() body: unknown) {
    const placedBy = viewerOf(request).subaccount;
    const given = new RestBody(body);
    const order = readOrder(given, this.simulator.settings);
    const destinations = given.required('to').split('<');
    this.refuseDestinations(given, destinations);
    const uuids = destinations.map((to) => startOutboundCall(this.simulator, { ...order, placedBy, to }).requestUuid);
    const isOne = uuids.length === 1;
    return {
      api_id: randomUUID(),
      message: isOne ? 'call fired' : 'calls fired',
      request_uuid: isOne ? uuids[0] : uuids,
    };
  }

  @Get()
  @Documented({
    summary: 'List call records, or live calls',
    operationId: 'listPlivoCalls',
    answers: { 200: ['Done.', ANSWER] },
  })
  list(@Req() request: FastifyRequest, @Query() query: Filters) {
    const { book, clock } = this.simulator;
    const viewer = viewerOf(request);
    const isSeen = ({ facts }: Leg): boolean => seesCalls(this.simulator, viewer, facts, query['subaccount']);
    if (query['status'] !== undefined) {
      const live = [...book.live.values()].filter(({ leg }) => isSeen(leg));
      return { api_id: randomUUID(), calls: isLive(query['status']) ? live.map(({ leg }) => leg.uuid) : [] };
    }
    const isAsked = readFilters(query, clock.now());
    const found = book.records(query['parent_call_uuid']).filter((leg) => isSeen(leg) && isAsked(leg));
    const { objects, ...rest } = page(`/v1/Account/${viewer.authId}/Call/`, found, query);
    return { ...rest, objects: objects.map((leg) => callRecord(leg, viewer.authId, this.simulator.settings)) };
  }

  @Get(':uuid')
  @Documented({
    summary: 'Read a call record, or a live call',
    operationId: 'getPlivoCall',
    answers: { 200: ['Done.', ANSWER] },
  })
  get(@Req() request: FastifyRequest, @Param('uuid') uuid: string, @Query('status') status: string | undefined) {
    if (status === undefined) {
      const viewer = viewerOf(request);
      const leg = this.simulator.book.record(uuid);
      if (leg === null || !seesCalls(this.simulator, viewer, leg.facts)) throw notFound();
      return { api_id: randomUUID(), ...callRecord(leg, viewer.authId, this.simulator.settings) };
    }
    const live = this.live(request, uuid);
    if (!isLive(status)) throw notFound();
    return { api_id: randomUUID(), ...describeLive(live) };
  }

  /** The real API hangs up every call of the account here. A client that sends this has lost a uuid. */
  @Delete()
  @Documented({
    summary: 'Refused here; Plivo would hang up every call of the account',
    operationId: 'hangUpAllCalls',
    answers: { 204: ['Done.'] },
  })
  hangUpAll(): never {
    throw new RestRefusal(400, 'call_uuid parameter is missing');
  }

  @Delete(':uuid')
  @HttpCode(204)
  @Documented({
    summary: 'Hang up a call',
    operationId: 'hangUpCall',
    answers: { 204: ['Done.'] },
  })
  hangUp(@Req() request: FastifyRequest, @Param('uuid') uuid: string): void {
    this.live(request, uuid).hangUp('API Request');
  }

  private live(request: FastifyRequest, uuid: string): LiveLeg {
    const live = this.simulator.book.live.get(uuid);
    if (live === undefined || !seesCalls(this.simulator, viewerOf(request), live.leg.facts)) throw notFound();
    return live;
  }

  private refuseDestinations(given: RestBody, destinations: readonly string[]): void {
    const { book, settings } = this.simulator;
    if (destinations.length > MOST_DESTINATIONS) throw new RestRefusal(400, 'to parameter has too many numbers');
    const barred = destinations.some((to) => isBarred(settings, to));
    if (barred) throw new RestRefusal(403, 'calls to this destination number are barred');
    const parent = given.optional('parent_call_uuid');
    if (parent === null) return;
    if (destinations.length > 1) throw new RestRefusal(400, 'parent_call_uuid parameter needs a single number');
    const isKnown = book.calls.has(parent);
    if (!isKnown && given.flag('error_if_parent_not_found')) throw new RestRefusal(400, 'parent call not found');
  }
}

function readOrder(given: RestBody, { url_fragments }: Settings): Omit<OutboundCall, 'to' | 'placedBy'> {
  const ringUrl = given.url('ring_url');
  const urls = ['answer_url', 'ring_url', 'hangup_url', 'fallback_url'];
  const refused = url_fragments === 'refused' && urls.find((name) => given.url(name)?.includes('#'));
  if (refused) throw new RestRefusal(400, `${refused} parameter is not a valid URL`);
  return {
    from: given.required('from'),
    callerName: readCallerName(given),
    urls: {
      answerUrl: given.requiredUrl('answer_url'),
      answerMethod: given.method('answer_method'),
      fallbackUrl: given.url('fallback_url'),
      fallbackMethod: given.method('fallback_method'),
      hangupUrl: given.url('hangup_url'),
      hangupMethod: given.method('hangup_method'),
    },
    ring: ringUrl === null ? null : { target: readTarget(ringUrl, url_fragments), method: given.method('ring_method') },
    ringTimeoutSeconds: given.seconds('ring_timeout', 120),
    timeLimitSeconds: given.seconds('time_limit', 14_400),
    parentUuid: given.optional('parent_call_uuid'),
  };
}

function readCallerName(given: RestBody): string {
  const name = given.optional('caller_name') ?? given.required('from');
  if ([...name].length > LONGEST_CALLER_NAME) throw new RestRefusal(400, 'caller_name parameter is too long');
  return name;
}

/** Nothing waits in a queue here, as no rate of calls is enforced: every live leg is `live`. */
function isLive(status: string): boolean {
  if (status === 'live') return true;
  if (status === 'queued') return false;
  throw new RestRefusal(400, 'status parameter must be live or queued');
}

function describeLive({ call, leg: { uuid, answeredAt, facts } }: LiveLeg) {
  return {
    call_status: answeredAt === null ? 'ringing' : 'in-progress',
    call_uuid: uuid,
    caller_name: facts.callerName,
    direction: facts.direction,
    from: facts.from,
    request_uuid: uuid === call.uuid ? call.requestUuid : uuid,
    session_start: utcMicroseconds(facts.initiatedAt),
    stir_attestation: '',
    stir_verification: 'Not Applicable',
    to: facts.to,
  };
}
