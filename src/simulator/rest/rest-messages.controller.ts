import {
  Body,
  Controller,
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
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject } from '../../platform/openapi/schemas.js';
import { parseCaller } from '../../telephony/phone.js';
import type { RentedNumber } from '../calls/account.js';
import { rateWithFivePlaces } from '../calls/billing.js';
import { consoleTime } from '../calls/console-time.js';
import { Simulator } from '../simulator.js';
import { sendText } from '../texts/carry-text.js';
import { LOG_CHOICES, type Text } from '../texts/text.js';
import { measure } from '../texts/units.js';
import { readTimes } from './call-filters.js';
import { RestAuth } from './rest-auth.js';
import { RestBody } from './rest-body.js';
import { notFound, RestErrorFilter, RestRefusal } from './rest-errors.js';
import { RestFaults } from './rest-faults.js';
import { page, type Query as Filters } from './rest-list.js';
import { seesCalls, viewerOf } from './viewer.js';

const ANSWER = anyObject('As this simulator shows it.');
const BODY = { 'application/json': anyObject('What this simulator is told.') };
const LONGEST_WAIT_SECONDS = 10_800;

@Controller('simulator/v1/Account/:authId/Message')
@UseGuards(RestAuth)
@UseInterceptors(RestFaults)
@UseFilters(RestErrorFilter)
export class RestMessagesController {
  constructor(private readonly simulator: Simulator) {}

  @Post()
  @HttpCode(202)
  @Documented({
    summary: 'Send a message',
    operationId: 'sendMessage',
    body: BODY,
    answers: { 202: ['Taken.', ANSWER] },
  })
  send(@Req() request: FastifyRequest, @Body() body: unknown) {
    const { account, settings, clock } = this.simulator;
    const given = new RestBody(body);
    const number = account.find(given.required('src'));
    const viewer = viewerOf(request);
    const isOwn = number !== null && (viewer.subaccount === null || viewer.subaccount === number.subaccount);
    if (!isOwn || !number.services.includes('sms'))
      throw new RestRefusal(400, 'caller ID is not allowed for outbound message');
    const to = parseCaller(given.required('dst'));
    if (to === null) throw new RestRefusal(400, `'${given.required('dst')}' is not a valid phone number.`);
    if (to === number.number) throw new RestRefusal(400, 'src and dst must be different');
    const { mediaUrls, text } = readContent(given, number);
    const { length, longest } = measure(text);
    if (length > longest) throw new RestRefusal(400, 'text parameter is too long');
    const url = given.url('url');
    const sent = sendText(this.simulator, {
      direction: 'outbound',
      from: number.number,
      to,
      text,
      mediaCount: mediaUrls.length,
      mediaUrls,
      rate: mediaUrls.length > 0 ? settings.mms_outbound_rate : settings.text_outbound_rate,
      at: clock.now(),
      subaccount: number.subaccount,
      reports: url === null ? null : { url, method: given.method('method') },
      log: readLog(given),
      expirySeconds: readExpiry(given),
      request: { ...(body as object) },
    });
    return { api_id: randomUUID(), message: 'message(s) queued', message_uuid: [sent.uuid] };
  }

  /** Twenty times a minute, as documented; what was not listed yet is not there. */
  @Get()
  @Documented({
    summary: 'List message records',
    operationId: 'listPlivoMessages',
    answers: { 200: ['Done.', ANSWER] },
  })
  list(@Req() request: FastifyRequest, @Query() query: Filters) {
    const { texts, clock, settings } = this.simulator;
    if (!texts.mayList()) throw new RestRefusal(429, 'too many requests');
    const viewer = viewerOf(request);
    const listedBy = clock.now() - settings.text_list_delay_seconds * 1000;
    const isInTime = readTimes(query, 'message_time', clock.now());
    const digits = (name: string) => query[name]?.replace('+', '');
    const [from, to] = [digits('from_number'), digits('to_number')];
    const found = texts
      .newestFirst()
      .filter(
        (text) =>
          seesCalls(this.simulator, viewer, text, query['subaccount']) &&
          text.facts.at <= listedBy &&
          isInTime(text.facts.at) &&
          (query['message_direction'] === undefined || text.facts.direction === query['message_direction']) &&
          (from === undefined || text.facts.from === from) &&
          (to === undefined || text.shownTo === to) &&
          (query['message_state'] === undefined || text.state === query['message_state']),
      );
    const { objects, ...rest } = page(`/v1/Account/${viewer.authId}/Message/`, found, query);
    return { ...rest, objects: objects.map((text) => this.describe(text, viewer.authId)) };
  }

  @Get(':uuid')
  @Documented({ summary: 'Read a message record', operationId: 'getPlivoMessage', answers: { 200: ['Done.', ANSWER] } })
  get(@Req() request: FastifyRequest, @Param('uuid') uuid: string) {
    const viewer = viewerOf(request);
    const text = this.simulator.texts.texts.get(uuid);
    if (text === undefined || !seesCalls(this.simulator, viewer, text)) throw notFound();
    return { api_id: randomUUID(), ...this.describe(text, viewer.authId) };
  }

  private describe(text: Text, authId: string) {
    const { direction, from, at, rate, mediaCount } = text.facts;
    const { time_zone_offset: offset, text_carrier_rate } = this.simulator.settings;
    const fraction = String((at % 1000) * 1000).padStart(6, '0');
    return {
      carrier_fees: text.carrierFees(text_carrier_rate),
      carrier_fees_rate: rateWithFivePlaces(text_carrier_rate),
      error_code: text.errorCode === '000' ? null : text.errorCode,
      from_number: from,
      message_direction: direction,
      message_state: text.state,
      message_time: `${consoleTime(at, offset)}.${fraction}${offset}`,
      message_type: mediaCount > 0 ? 'mms' : 'sms',
      message_uuid: text.uuid,
      resource_uri: `/v1/Account/${authId}/Message/${text.uuid}/`,
      to_number: text.shownTo,
      total_amount: text.amount,
      total_rate: rateWithFivePlaces(rate),
      units: text.units,
    };
  }
}

/** A text alone, or pictures with or without one. */
function readContent(given: RestBody, { services }: RentedNumber): { mediaUrls: string[]; text: string } {
  const mediaUrls = given.urls('media_urls');
  const isMms = given.optional('type') === 'mms';
  if (isMms !== mediaUrls.length > 0) throw new RestRefusal(400, 'media_urls and type mms belong together');
  if (isMms && !services.includes('mms')) throw new RestRefusal(400, 'src is not MMS-enabled');
  return { mediaUrls, text: isMms ? (given.optional('text') ?? '') : given.required('text') };
}

function readLog(given: RestBody): (typeof LOG_CHOICES)[number] {
  const word = given.optional('log') ?? 'true';
  const known = LOG_CHOICES.find((choice) => choice === word);
  if (known === undefined) throw new RestRefusal(400, `log parameter must be one of ${LOG_CHOICES.join(', ')}`);
  return known;
}

function readExpiry(given: RestBody): number {
  const seconds = given.seconds('message_expiry', LONGEST_WAIT_SECONDS);
  if (seconds < 5 || seconds > LONGEST_WAIT_SECONDS) throw new RestRefusal(400, 'message_expiry parameter is invalid');
  return seconds;
}
