import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { Accounts, AccountSettings, DailyCaps, decimalText, Spend } from '../../accounts/index.js';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { Documented } from '../../platform/openapi/documented.js';
import { count, flag, money, orNull, shape, text } from '../../platform/openapi/schemas.js';

const SPEND = shape<Awaited<ReturnType<SpendController['show']>>>('Spend', () => ({
  day: text('UTC.', '2026-11-29'),
  daily_spend_cap: orNull(money('Null: none.')),
  spent: orNull(money('Null while no call had to be reserved for.')),
  reserved: orNull(money('For calls that have no price yet; null while no call had to be reserved for.')),
  cap_reached: flag('Whether calls are refused for it.'),
  daily_requested_calls: count('The cap; 0: none.', 500),
  requested_calls: count('Calls to first parties; not counted without a cap.'),
  daily_destinations: count('The cap; 0: none.', 1000),
  destinations: count('Different phones that were dialled; not counted without a cap.'),
}));

/** How near an account is to its daily caps. */
@Controller('admin/accounts/:auth_id/spend')
@UseGuards(AdminGuard)
export class SpendController {
  constructor(
    private readonly accounts: Accounts,
    private readonly settings: AccountSettings,
    private readonly spend: Spend,
    private readonly dailyCaps: DailyCaps,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Of this UTC day. `spent` and `reserved` are null while no call had to be reserved for; what has no cap, 0, is not counted. */
  @Get()
  @MayAsk('viewer', 'support', 'finance')
  @Documented({
    summary: 'How near an account is to its daily caps',
    operationId: 'getSpend',
    answers: { 200: ['Of this UTC day.', SPEND] },
  })
  async show(@Param('auth_id') accountId: string) {
    const settings = await this.database.read(async (manager) => {
      await this.accounts.require(manager, accountId);
      return this.settings.read(manager, accountId);
    });
    const today = await this.spend.today(accountId);
    const counted = await this.dailyCaps.counted(accountId);
    return {
      day: new Date(this.clock.now()).toISOString().slice(0, 10),
      daily_spend_cap: settings.daily_spend_cap,
      spent: today && decimalText(today.spent),
      reserved: today && decimalText(today.reserved),
      cap_reached: today?.isCapReached ?? false,
      daily_requested_calls: settings.daily_requested_calls,
      requested_calls: counted['requested-calls'],
      daily_destinations: settings.daily_destinations,
      destinations: counted.destinations,
    };
  }
}
