import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, UseFilters, UseGuards } from '@nestjs/common';
import { parseCaller } from '../../telephony/phone.js';
import type { Settings } from '../rules/settings.js';
import { Simulator } from '../simulator.js';
import { DESTINATIONS } from '../calls/account.js';
import { ControlCallers } from './control-callers.js';
import { ControlErrorFilter, ControlRefusal } from './control-errors.js';
import { readFaults } from './control-faults.js';
import { Fields } from './control-fields.js';
import { readSettings } from './control-settings.js';
import { iso, withIsoTime } from './control-views.js';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject } from '../../platform/openapi/schemas.js';

const LONGEST_ADVANCE_SECONDS = 366 * 86_400;

const ANSWER = anyObject('As this simulator shows it.');
const BODY = { 'application/json': anyObject('What this simulator is told.') };

/** Rules of the simulated world: its clock, its faults, its habits. */
@Controller('simulator/control')
@UseGuards(ControlCallers)
@UseFilters(ControlErrorFilter)
export class ControlSettingsController {
  constructor(private readonly simulator: Simulator) {}

  @Get('sightings')
  @Documented({
    summary: 'Numbers that phones have shown',
    operationId: 'listSightings',
    answers: { 200: ['Done.', ANSWER] },
  })
  sightings() {
    return { items: this.simulator.phones.sightings.map(withIsoTime) };
  }

  @Get('numbers')
  @Documented({
    summary: 'Numbers that this Plivo rents out',
    operationId: 'listRentedNumbers',
    answers: { 200: ['Done.', ANSWER] },
  })
  numbers() {
    const numbers = [...this.simulator.account.numbers.values()];
    return { items: numbers.map(({ number, alias, subaccount }) => ({ number, alias, subaccount })) };
  }

  /** Rents one more number, until the next reset; the service finds it at its next sync. */
  @Post('numbers')
  @HttpCode(201)
  @Documented({
    summary: 'Rent one more number',
    operationId: 'rentNumber',
    body: BODY,
    isBodyOptional: true,
    answers: { 201: ['Done.', ANSWER] },
  })
  rentNumber(@Body() body: unknown) {
    const fields = new Fields(body, ['number']);
    const number = parseCaller(fields.requiredText('number'));
    if (number === null) throw fields.wrong('number', 'an international number');
    const { alias, subaccount } = this.simulator.account.rent(number);
    return { number, alias, subaccount };
  }

  /** `leads_to`: the service, an application that is not the service's, or none at all. */
  @Put('numbers/:number')
  @Documented({
    summary: 'Lead a number here or elsewhere',
    operationId: 'leadNumber',
    body: BODY,
    isBodyOptional: true,
    answers: { 200: ['Done.', ANSWER] },
  })
  leadNumber(@Param('number') text: string, @Body() body: unknown) {
    const fields = new Fields(body, ['leads_to']);
    const destination = fields.choice('leads_to', DESTINATIONS);
    if (destination === null) throw fields.wrong('leads_to', `one of ${DESTINATIONS.join(', ')}`);
    const number = this.simulator.account.find(text);
    if (number === null) throw new ControlRefusal(404, 'not_found', 'this Plivo rents out no such number');
    this.simulator.account.lead(number, destination);
    return { number: number.number, leads_to: destination };
  }

  /** As in the console: the former token is revoked at once. Without `auth_token` one is made. */
  @Put('subaccounts/:authId')
  @Documented({
    summary: 'Give a subaccount a new token',
    operationId: 'renewSubaccountToken',
    body: BODY,
    isBodyOptional: true,
    answers: { 200: ['Done.', ANSWER] },
  })
  renewToken(@Param('authId') authId: string, @Body() body: unknown) {
    const fields = new Fields(body, ['auth_token']);
    const token = fields.text('auth_token', (text) => /^[\x21-\x7e]+$/.test(text)) ?? undefined;
    const { subaccounts } = this.simulator.account;
    const subaccount = subaccounts.get(authId);
    if (subaccount === null) throw new ControlRefusal(404, 'not_found', 'this Plivo has no such subaccount');
    subaccounts.renew(subaccount, token);
    return { auth_id: authId, auth_token: subaccount.authToken };
  }

  @Get('faults')
  @Documented({
    summary: 'What goes wrong on purpose',
    operationId: 'getFaults',
    answers: { 200: ['Done.', ANSWER] },
  })
  faults() {
    return this.simulator.faults.current;
  }

  @Post('faults')
  @HttpCode(200)
  @Documented({
    summary: 'Make things go wrong on purpose',
    operationId: 'replaceFaults',
    body: BODY,
    isBodyOptional: true,
    answers: { 200: ['Done.', ANSWER] },
  })
  replaceFaults(@Body() body: unknown) {
    const { plan, seed } = readFaults(body);
    this.simulator.faults.replace(plan, seed);
    return plan;
  }

  @Delete('faults')
  @HttpCode(204)
  @Documented({
    summary: 'Let nothing go wrong on purpose',
    operationId: 'clearFaults',
    answers: { 204: ['Done.'] },
  })
  clearFaults(): void {
    this.simulator.faults.clear();
  }

  @Get('api-requests')
  @Documented({
    summary: 'What this Plivo was asked',
    operationId: 'listApiRequests',
    answers: { 200: ['Done.', ANSWER] },
  })
  apiRequests() {
    return this.simulator.apiRequests.view();
  }

  /** What this Plivo charges for all legs that have ended, and all messages, since its start or the last reset. */
  @Get('bill')
  @Documented({
    summary: 'What this Plivo charges for all ended legs and for all messages',
    operationId: 'getBill',
    answers: { 200: ['Done.', ANSWER] },
  })
  bill() {
    const { legs, billedSeconds, micros } = this.simulator.book.total;
    const { texts, settings } = this.simulator;
    const { messages, units, micros: messageMicros } = texts.bill(settings.text_carrier_rate);
    const ofMessages = { messages, message_units: units, message_micros: messageMicros };
    return { legs, billed_seconds: billedSeconds, amount_micros: micros, ...ofMessages };
  }

  /** `ahead_seconds`: how far somebody has moved it; a restart keeps that. */
  @Get('clock')
  @Documented({
    summary: 'The time here',
    operationId: 'getClock',
    answers: { 200: ['Done.', ANSWER] },
  })
  clock() {
    const { clock } = this.simulator;
    return { now: iso(clock.now()), ahead_seconds: Math.round(clock.aheadMs / 1000) };
  }

  /**
   * Moves the clock of the simulator and of the service that it runs in, and waits until all that falls due has happened. It never goes back: sessions,
   * calls and callbacks from then on bear the moved time.
   */
  @Post('clock')
  @HttpCode(200)
  @Documented({
    summary: 'Advance the time',
    operationId: 'advanceClock',
    body: BODY,
    isBodyOptional: true,
    answers: { 200: ['Done.', ANSWER] },
  })
  async advance(@Body() body: unknown) {
    const fields = new Fields(body, ['advance_seconds']);
    const seconds = fields.number('advance_seconds', 0, LONGEST_ADVANCE_SECONDS);
    if (seconds === null) throw fields.wrong('advance_seconds', 'a number');
    await this.simulator.advance(seconds * 1000);
    return this.clock();
  }

  @Post('reset')
  @HttpCode(204)
  @Documented({
    summary: 'Begin anew',
    operationId: 'resetSimulator',
    answers: { 204: ['Done.'] },
  })
  reset(): void {
    this.simulator.reset();
  }

  @Get('settings')
  @Documented({
    summary: 'Habits of this Plivo',
    operationId: 'getSimulatorSettings',
    answers: { 200: ['Done.', ANSWER] },
  })
  settings(): Settings {
    return this.simulator.settings;
  }

  @Put('settings')
  @Documented({
    summary: 'Change habits of this Plivo',
    operationId: 'changeSimulatorSettings',
    body: BODY,
    isBodyOptional: true,
    answers: { 200: ['Done.', ANSWER] },
  })
  changeSettings(@Body() body: unknown): Settings {
    const given = Object.entries(readSettings(body)).filter(([, value]) => value !== null);
    return Object.assign(this.simulator.settings, Object.fromEntries(given));
  }
}
