import { Body, Controller, Get, HttpCode, Param, Post, Query, UseFilters, UseGuards } from '@nestjs/common';
import { startInboundCall } from '../calls/call-start.js';
import { MILESTONE_NAMES } from '../calls/call.js';
import { Simulator } from '../simulator.js';
import { ControlCallers } from './control-callers.js';
import { ControlErrorFilter, ControlRefusal } from './control-errors.js';
import { Fields, readWait } from './control-fields.js';
import { callSummary, callView } from './control-views.js';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject } from '../../platform/openapi/schemas.js';

const ANSWER = anyObject('As this simulator shows it.');
const BODY = { 'application/json': anyObject('What this simulator is told.') };

/** Places calls as people do, and tells all about them. */
@Controller('simulator/control/calls')
@UseGuards(ControlCallers)
@UseFilters(ControlErrorFilter)
export class ControlCallsController {
  constructor(private readonly simulator: Simulator) {}

  @Post()
  @HttpCode(201)
  @Documented({
    summary: 'Place a call, as a person does at a phone',
    operationId: 'placeCall',
    body: BODY,
    isBodyOptional: true,
    answers: { 201: ['Done.', ANSWER] },
  })
  place(@Body() body: unknown) {
    const fields = new Fields(body, ['from', 'to', 'caller_name']);
    const from = fields.requiredText('from');
    const number = this.simulator.account.find(fields.requiredText('to'));
    if (number === null) throw fields.wrong('to', "one of the account's numbers");
    const call = startInboundCall(this.simulator, from, fields.text('caller_name'), number);
    this.simulator.changes.notify();
    return { call_uuid: call.uuid };
  }

  @Get()
  @Documented({
    summary: 'Calls, newest first',
    operationId: 'listSimulatedCalls',
    answers: { 200: ['Done.', ANSWER] },
  })
  list() {
    return { items: this.simulator.book.newestFirst().map(callSummary) };
  }

  @Get(':uuid')
  @Documented({
    summary: 'All that happened in a call',
    operationId: 'getSimulatedCall',
    answers: { 200: ['Done.', ANSWER] },
  })
  async get(
    @Param('uuid') uuid: string,
    @Query('wait_for') waitFor: string | undefined,
    @Query('timeout') timeout: string | undefined,
  ) {
    const call = this.simulator.book.calls.get(uuid);
    if (call === undefined) throw new ControlRefusal(404, 'not_found', 'no such call');
    if (waitFor === undefined) return callView(call);
    const milestone = MILESTONE_NAMES.find((name) => name === waitFor);
    if (milestone === undefined) {
      throw new ControlRefusal(400, 'invalid_request', `wait_for: expected one of ${MILESTONE_NAMES.join(', ')}`);
    }
    const isHopeless = () => call.isForgotten || (call.isOver && milestone !== 'settled');
    const isReached = await this.simulator.changes.until(
      () => call.hasReached(milestone),
      readWait(timeout),
      isHopeless,
    );
    if (isReached) return callView(call);
    throw new ControlRefusal(408, 'timeout', `the call is ${call.status} and has not reached: ${milestone}`);
  }
}
