import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, UseFilters, UseGuards } from '@nestjs/common';
import { BEHAVIOURS, type IncomingLine, type Phone } from '../calls/phones.js';
import { typeKeys } from '../calls/typing.js';
import { Simulator } from '../simulator.js';
import { ControlCallers } from './control-callers.js';
import { ControlErrorFilter, ControlRefusal } from './control-errors.js';
import { Fields, readWait } from './control-fields.js';
import { phoneView } from './control-views.js';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject } from '../../platform/openapi/schemas.js';

const ANSWER = anyObject('As this simulator shows it.');
const BODY = { 'application/json': anyObject('What this simulator is told.') };

/** What people do at their phones. Every number that is not rented is a phone, known or not. */
@Controller('simulator/control/phones')
@UseGuards(ControlCallers)
@UseFilters(ControlErrorFilter)
export class ControlPhonesController {
  constructor(private readonly simulator: Simulator) {}

  @Get()
  @Documented({
    summary: 'Phones that somebody has used',
    operationId: 'listPhones',
    answers: { 200: ['Done.', ANSWER] },
  })
  list() {
    return { items: this.simulator.phones.all().map((phone) => this.view(phone)) };
  }

  @Get(':number')
  @Documented({
    summary: 'One phone and what it shows',
    operationId: 'getPhone',
    answers: { 200: ['Done.', ANSWER] },
  })
  async get(
    @Param('number') number: string,
    @Query('wait_for') waitFor: string | undefined,
    @Query('timeout') timeout: string | undefined,
  ) {
    const { phones, changes } = this.simulator;
    if (waitFor === undefined) return this.view(phones.at(number));
    if (waitFor !== 'ringing') throw new ControlRefusal(400, 'invalid_request', 'wait_for: expected ringing');
    if (await changes.until(() => phones.at(number).ringing.length > 0, readWait(timeout))) {
      return this.view(phones.at(number));
    }
    throw new ControlRefusal(408, 'timeout', 'the phone did not ring');
  }

  @Put(':number')
  @Documented({
    summary: 'Say how a phone behaves when it rings',
    operationId: 'setPhone',
    body: BODY,
    isBodyOptional: true,
    answers: { 200: ['Done.', ANSWER] },
  })
  behave(@Param('number') number: string, @Body() body: unknown) {
    const fields = new Fields(body, ['behaviour', 'after_seconds', 'types']);
    const phone = this.simulator.phones.at(number);
    const behaviour = fields.choice('behaviour', BEHAVIOURS);
    const afterSeconds = fields.number('after_seconds', 0, 86_400) ?? 0;
    const types = fields.texts('types', (text) => /^[0-9*#]{0,50}$/.test(text));
    if (behaviour === null && types === null) throw fields.wrong('behaviour', `one of ${BEHAVIOURS.join(', ')}`);
    if (behaviour !== null) Object.assign(phone, { behaviour, afterSeconds });
    if (types !== null) phone.types = types;
    return this.view(phone);
  }

  @Post(':number/answer')
  @HttpCode(200)
  @Documented({
    summary: 'Answer a ringing phone',
    operationId: 'answerPhone',
    body: BODY,
    isBodyOptional: true,
    answers: { 200: ['Done.', ANSWER] },
  })
  answer(@Param('number') number: string, @Body() body: unknown) {
    const phone = this.simulator.phones.at(number);
    ringingLine(phone, body).answer();
    return this.view(phone);
  }

  @Post(':number/decline')
  @HttpCode(200)
  @Documented({
    summary: 'Decline a call',
    operationId: 'declinePhone',
    body: BODY,
    isBodyOptional: true,
    answers: { 200: ['Done.', ANSWER] },
  })
  decline(@Param('number') number: string, @Body() body: unknown) {
    const phone = this.simulator.phones.at(number);
    ringingLine(phone, body).refuse('decline');
    return this.view(phone);
  }

  @Post(':number/hangup')
  @HttpCode(200)
  @Documented({
    summary: 'Hang up',
    operationId: 'hangUpPhone',
    body: BODY,
    isBodyOptional: true,
    answers: { 200: ['Done.', ANSWER] },
  })
  hangUp(@Param('number') number: string, @Body() body: unknown) {
    const phone = this.simulator.phones.at(number);
    const line = phone.lineOf(new Fields(body, ['call_uuid']).text('call_uuid'));
    if (line === null) throw noCall();
    line.hangUp();
    return this.view(phone);
  }

  @Post(':number/digits')
  @HttpCode(200)
  @Documented({
    summary: 'Type digits',
    operationId: 'pressDigits',
    body: BODY,
    isBodyOptional: true,
    answers: { 200: ['Done.', ANSWER] },
  })
  press(@Param('number') number: string, @Body() body: unknown) {
    const fields = new Fields(body, ['digits', 'call_uuid']);
    const digits = fields.text('digits', (text) => /^[0-9*#]{1,50}$/.test(text));
    if (digits === null) throw fields.wrong('digits', '1 to 50 of 0-9, * and #');
    const callUuid = fields.text('call_uuid');
    const phone = this.simulator.phones.at(number);
    if (callUuid !== null && phone.lineOf(callUuid) === null) throw noCall();
    typeKeys(this.simulator, number, digits, callUuid);
    return this.view(phone);
  }

  private view(phone: Phone) {
    return phoneView(phone, this.simulator.phones.sightings);
  }
}

function noCall(): ControlRefusal {
  return new ControlRefusal(409, 'no_call', 'the phone is in no such call');
}

function ringingLine(phone: Phone, body: unknown): IncomingLine {
  const callUuid = new Fields(body, ['call_uuid']).text('call_uuid');
  const line = phone.ringing.findLast((ringing) => callUuid === null || ringing.callUuid === callUuid);
  if (line === undefined) throw new ControlRefusal(409, 'not_ringing', 'the phone is not ringing');
  return line;
}
