import { Controller, Get, Query, Req, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ExplainRoute } from '../../call-routing/index.js';
import { ownerOfNumber } from '../../number-pool/index.js';
import { Database } from '../../platform/database/database.js';
import { isWithheld, parseCaller } from '../../telephony/phone.js';
import { maskNumber } from '../access/mask-numbers.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { ReadNumber } from '../reading/read-number.js';
import { RouteQuery } from './route.dto.js';
import { withPlus } from '../values.dto.js';
import { Documented } from '../../platform/openapi/documented.js';
import { object, orNull, partyNumber, poolNumber, shape, text, uuid, word } from '../../platform/openapi/schemas.js';

const ROUTE = shape<Awaited<ReturnType<RouteController['explain']>>>('Route', () => ({
  decision: word('What would become of the caller.', ['connect', 'ask-pin', 'play', 'refuse', 'redirect']),
  session_uuid: orNull(uuid('Null where nobody would be dialled.')),
  dial: orNull(partyNumber('Who would be dialled.')),
  reason: text('A sentence.', 'The caller is a party of a live session on this number.'),
  read: object({
    virtual_number: poolNumber('The number that is called; masked as those of people where it is in no pool.'),
    caller: partyNumber('The caller, or in words why it is no number.'),
  }),
}));

@Controller('admin/route')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class RouteController {
  constructor(
    private readonly explainRoute: ExplainRoute,
    private readonly readNumber: ReadNumber,
    private readonly database: Database,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'What would become of a call now; touches nothing',
    operationId: 'explainRoute',
    answers: { 200: ['The decision, its reason, and how the two numbers were understood.', ROUTE] },
  })
  async explain(@Query() query: RouteQuery, @Req() { numbers }: FastifyRequest) {
    const virtualNumber = await this.readNumber.run('virtual_number', query.virtual_number);
    const owner = await this.database.read((manager) => ownerOfNumber(manager, virtualNumber));
    const caller = await this.callerOf(query.caller, owner ?? undefined);
    const { decision, sessionId, dial, reason } = await this.explainRoute.run({ virtualNumber, caller: caller.shown });
    const called = `+${virtualNumber}`;
    return {
      decision,
      session_uuid: sessionId,
      dial: withPlus(dial),
      reason,
      // Of no pool, it may be a person's that was pasted in the wrong place.
      read: { virtual_number: owner || numbers?.isWhole ? called : maskNumber(called), caller: caller.read },
    };
  }

  /**
   * What the phone shows, and how it was read: as a number, or in words. What is no number in any spelling is taken as it stands, because networks show such
   * things too. Refuses what would then be another number than the one that may be meant.
   */
  private async callerOf(pasted: string, accountId: string | undefined): Promise<{ shown: string; read: string }> {
    if (isWithheld(pasted)) return { shown: pasted, read: 'no number: a caller who shows none' };
    const { readings, words } = await this.readNumber.all(pasted, accountId);
    const [number, ...others] = readings;
    if (number !== undefined && others.length === 0) return { shown: number, read: `+${number}` };
    if (number === undefined && parseCaller(pasted) === null)
      return { shown: pasted, read: `taken as what the phone shows, because it is ${words}` };
    const shown = await this.readNumber.run('caller', pasted, accountId);
    return { shown, read: `+${shown}` };
  }
}
