import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, UseFilters, UseGuards } from '@nestjs/common';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject } from '../../platform/openapi/schemas.js';
import { Simulator } from '../simulator.js';
import { receiveText } from '../texts/carry-text.js';
import { PICTURE_KINDS, pictureOf } from '../texts/pictures.js';
import type { HeldPicture } from '../texts/text.js';
import { ControlCallers } from './control-callers.js';
import { ControlErrorFilter, ControlRefusal } from './control-errors.js';
import { Fields, readWait } from './control-fields.js';
import { textView, withIsoTime } from './control-views.js';

const ANSWER = anyObject('As this simulator shows it.');
const BODY = { 'application/json': anyObject('What this simulator is told.') };
const LONGEST_TEXT = 10_000;
const MOST_PICTURES = 10;

/** Writes texts as people do at their phones, and tells what arrived. */
@Controller('simulator/control/texts')
@UseGuards(ControlCallers)
@UseFilters(ControlErrorFilter)
export class ControlTextsController {
  constructor(private readonly simulator: Simulator) {}

  @Post()
  @HttpCode(201)
  @Documented({
    summary: 'Write a text, as a person does at a phone',
    operationId: 'writeText',
    body: BODY,
    answers: { 201: ['Done.', ANSWER] },
  })
  write(@Body() body: unknown) {
    const fields = new Fields(body, ['from', 'to', 'text', 'media', 'media_count']);
    const from = fields.requiredText('from');
    const text = fields.raw('text') ?? '';
    if (typeof text !== 'string' || text.length > LONGEST_TEXT) throw fields.wrong('text', 'a text');
    const number = this.simulator.account.find(fields.requiredText('to'));
    if (number === null) throw fields.wrong('to', "one of the account's numbers");
    const media = readPictures(fields, from);
    const mediaCount = fields.number('media_count', 0, 10) ?? media.length;
    const { uuid } = receiveText(this.simulator, { from, text, media, mediaCount }, number);
    return { message_uuid: uuid };
  }

  /** `number`: those that went over this one of the account's. */
  @Get()
  @Documented({ summary: 'Messages, newest first', operationId: 'listTexts', answers: { 200: ['Done.', ANSWER] } })
  list(@Query('number') number: string | undefined) {
    return {
      items: this.simulator.texts.newestFirst(number).map(textView),
    };
  }

  /** `count`: waits until so many have arrived. */
  @Get(':number')
  @Documented({
    summary: 'What has arrived at a phone',
    operationId: 'listTextsOfPhone',
    answers: { 200: ['Done.', ANSWER] },
  })
  async arrived(
    @Param('number') number: string,
    @Query('count') count: string | undefined,
    @Query('timeout') timeout: string | undefined,
  ) {
    const { phones, changes } = this.simulator;
    if (count !== undefined && !/^\d{1,5}$/.test(count))
      throw new ControlRefusal(400, 'invalid_request', 'count: expected a number');
    const wanted = Number(count ?? 0);
    if (!(await changes.until(() => phones.at(number).texts.length >= wanted, readWait(timeout))))
      throw new ControlRefusal(408, 'timeout', `${phones.at(number).texts.length} texts have arrived`);
    return { items: phones.at(number).texts.map(withIsoTime) };
  }

  /** What becomes of texts to a phone from now on: `delivered`, or, with Plivo's code, `undelivered` or `failed`. */
  @Put(':number')
  @Documented({
    summary: 'Say what becomes of texts to a phone',
    operationId: 'setTextOutcome',
    body: BODY,
    answers: { 200: ['Done.', ANSWER] },
  })
  become(@Param('number') number: string, @Body() body: unknown) {
    const fields = new Fields(body, ['state', 'error_code']);
    const state = fields.choice('state', ['delivered', 'undelivered', 'failed'] as const);
    if (state === null) throw fields.wrong('state', 'one of delivered, undelivered, failed');
    const errorCode =
      fields.text('error_code', (text) => /^\d{1,4}$/.test(text)) ?? (state === 'delivered' ? '000' : '80');
    this.simulator.phones.at(number).textOutcome = { state, errorCode };
    return { number, state, error_code: errorCode };
  }
}

/** Of pictures those that are made here, by their kinds, which tell of who sends them; or `{type, content}` in base64. */
function readPictures(fields: Fields, from: string): HeldPicture[] {
  const asked = fields.raw('media') ?? [];
  const wrong = fields.wrong('media', `up to 10 of ${PICTURE_KINDS.join(', ')}, or {type, content} in base64`);
  if (!Array.isArray(asked) || asked.length > MOST_PICTURES) throw wrong;
  return asked.map((one: unknown) => {
    const kind = PICTURE_KINDS.find((known) => known === one);
    if (kind !== undefined) return pictureOf(kind, from.replace('+', ''));
    const { type, content } = (one ?? {}) as Record<string, unknown>;
    if (typeof type !== 'string' || !/^[\w.+/-]{3,60}$/.test(type) || typeof content !== 'string') throw wrong;
    return { type, bytes: Buffer.from(content, 'base64') };
  });
}
