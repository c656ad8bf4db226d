import { Body, Controller, HttpCode, Post, UseFilters, UseGuards } from '@nestjs/common';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject } from '../../platform/openapi/schemas.js';
import { Simulator } from '../simulator.js';
import { ControlCallers } from './control-callers.js';
import { ControlErrorFilter, ControlRefusal } from './control-errors.js';
import { Fields } from './control-fields.js';

const LONGEST_OUTAGE_SECONDS = 60;

/** The one fault that is none of Plivo's. */
@Controller('simulator/control/database-away')
@UseGuards(ControlCallers)
@UseFilters(ControlErrorFilter)
export class ControlDatabaseController {
  constructor(private readonly simulator: Simulator) {}

  /**
   * Takes the database of the service that this simulator runs in away, in real time: all that the service begins meanwhile is refused to it as by a server
   * that is gone. 0 brings it back. 404 `no_database` where the simulator runs alone.
   */
  @Post()
  @HttpCode(200)
  @Documented({
    summary: "Take the service's database away for some seconds",
    operationId: 'takeDatabaseAway',
    body: { 'application/json': anyObject('`seconds`: 0 to 60.') },
    answers: { 200: ['Done.', anyObject('`away_for_seconds`.')] },
  })
  databaseAway(@Body() body: unknown) {
    const fields = new Fields(body, ['seconds']);
    const seconds = fields.number('seconds', 0, LONGEST_OUTAGE_SECONDS);
    if (seconds === null) throw fields.wrong('seconds', 'a number');
    const { takeDatabaseAway } = this.simulator;
    if (takeDatabaseAway === undefined)
      throw new ControlRefusal(404, 'no_database', 'this simulator runs alone: there is no database to take away');
    takeDatabaseAway(seconds * 1000);
    return { away_for_seconds: seconds };
  }
}
