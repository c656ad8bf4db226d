import { Body, Controller, Delete, Get, HttpCode, Post, Put, UseFilters } from '@nestjs/common';
import { isRate } from './billing.js';
import { isTimeZoneOffset } from './console-time.js';
import { ControlErrorFilter } from './control-errors.js';
import { readFaults } from './control-faults.js';
import { Fields } from './control-fields.js';
import { iso, withIsoTime } from './control-views.js';
import { DEFAULT_SETTINGS, type Settings } from './settings.js';
import { Simulator } from './simulator.js';

const ACTION_CHOICES = ['redirect-false', 'never', 'always'] as const;
const LONGEST_ADVANCE_SECONDS = 366 * 86_400;

/** Rules of the simulated world: its clock, its faults, its habits. */
@Controller('simulator/control')
@UseFilters(ControlErrorFilter)
export class ControlSettingsController {
  constructor(private readonly simulator: Simulator) {}

  @Get('sightings')
  sightings() {
    return { items: this.simulator.phones.sightings.map(withIsoTime) };
  }

  @Get('numbers')
  numbers() {
    const numbers = [...this.simulator.account.numbers.values()];
    return { items: numbers.map(({ number, alias, subaccount }) => ({ number, alias, subaccount })) };
  }

  @Get('faults')
  faults() {
    return this.simulator.faults.current;
  }

  @Post('faults')
  @HttpCode(200)
  replaceFaults(@Body() body: unknown) {
    const { plan, seed } = readFaults(body);
    this.simulator.faults.replace(plan, seed);
    return plan;
  }

  @Delete('faults')
  @HttpCode(204)
  clearFaults(): void {
    this.simulator.faults.clear();
  }

  @Get('clock')
  clock() {
    return { now: iso(this.simulator.clock.now()) };
  }

  @Post('clock')
  @HttpCode(200)
  async advance(@Body() body: unknown) {
    const fields = new Fields(body, ['advance_seconds']);
    const seconds = fields.number('advance_seconds', 0, LONGEST_ADVANCE_SECONDS);
    if (seconds === null) throw fields.wrong('advance_seconds', 'a number');
    await this.simulator.advance(seconds * 1000);
    return this.clock();
  }

  @Post('reset')
  @HttpCode(204)
  reset(): void {
    this.simulator.reset();
  }

  @Get('settings')
  settings(): Settings {
    return this.simulator.settings;
  }

  @Put('settings')
  changeSettings(@Body() body: unknown): Settings {
    const { settings } = this.simulator;
    const fields = new Fields(body, Object.keys(DEFAULT_SETTINGS));
    const action = fields.choice('action_after_caller_hangup', ACTION_CHOICES);
    return Object.assign(settings, {
      inbound_rate: fields.text('inbound_rate', isRate) ?? settings.inbound_rate,
      outbound_rate: fields.text('outbound_rate', isRate) ?? settings.outbound_rate,
      time_zone_offset: fields.text('time_zone_offset', isTimeZoneOffset) ?? settings.time_zone_offset,
      action_after_caller_hangup: action ?? settings.action_after_caller_hangup,
      dial_hangup_callback: fields.flag('dial_hangup_callback') ?? settings.dial_hangup_callback,
      speech_seconds: fields.number('speech_seconds', 0, 3600) ?? settings.speech_seconds,
      cdr_delay_seconds: fields.number('cdr_delay_seconds', 0, 86_400) ?? settings.cdr_delay_seconds,
      plus_in_numbers: fields.flag('plus_in_numbers') ?? settings.plus_in_numbers,
    } satisfies Settings);
  }
}
