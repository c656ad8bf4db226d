import { Controller, Get, Header, UseFilters, UseGuards } from '@nestjs/common';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject } from '../../platform/openapi/schemas.js';
import { Simulator } from '../simulator.js';
import { ControlCallers } from './control-callers.js';
import { ControlErrorFilter, ControlRefusal } from './control-errors.js';

/** Opens the masking API to the page with the phones: only for an account that nobody's calls depend on. */
@Controller('simulator/control/demo-account')
@UseGuards(ControlCallers)
@UseFilters(ControlErrorFilter)
export class ControlDemoController {
  constructor(private readonly simulator: Simulator) {}

  /** Credentials of the account that the first start made up. 404 `own_account` where an account's own were set: a secret that its owner chose is not repeated. */
  @Get()
  @Documented({
    summary: "Credentials of the demo account; 404 where an account's own were set",
    operationId: 'getDemoAccount',
    answers: { 200: ['They open the masking API.', anyObject('`auth_id` and `auth_token`.')] },
  })
  @Header('cache-control', 'no-store')
  account(): { auth_id: string; auth_token: string } {
    const { isDemo, authId, authToken } = this.simulator;
    if (!isDemo)
      throw new ControlRefusal(404, 'own_account', 'the credentials were set by PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN');
    return { auth_id: authId, auth_token: authToken };
  }
}
