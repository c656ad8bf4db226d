import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { Accounts, AccountSettings, decimalText, Spend } from '../../accounts/index.js';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { AdminGuard } from '../admin.guard.js';

/** How near an account is to its daily spend cap. */
@Controller('admin/accounts/:auth_id/spend')
@UseGuards(AdminGuard)
export class SpendController {
  constructor(
    private readonly accounts: Accounts,
    private readonly settings: AccountSettings,
    private readonly spend: Spend,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Of this UTC day. `spent` and `reserved` are null while no call had to be reserved for. */
  @Get()
  async show(@Param('auth_id') accountId: string) {
    const { daily_spend_cap: cap } = await this.database.read(async (manager) => {
      await this.accounts.require(manager, accountId);
      return this.settings.read(manager, accountId);
    });
    const today = await this.spend.today(accountId);
    return {
      day: new Date(this.clock.now()).toISOString().slice(0, 10),
      daily_spend_cap: cap,
      spent: today && decimalText(today.spent),
      reserved: today && decimalText(today.reserved),
      cap_reached: today?.isCapReached ?? false,
    };
  }
}
