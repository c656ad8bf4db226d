import { Controller, Get, Query, UseGuards, UsePipes } from '@nestjs/common';
import { ReadTextMoney } from '../../billing-stats/index.js';
import { FindTexts } from '../../texts/index.js';
import { Documented } from '../../platform/openapi/documented.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { keyOfPlace, placeBefore } from '../newest-first.dto.js';
import { pageOf } from '../page.dto.js';
import { MessagesQuery, shownText, TEXTS_PAGE } from './messages.dto.js';

/** Texts of a session, without a word of what was written. */
@Controller('admin/messages')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class MessagesController {
  constructor(
    private readonly findTexts: FindTexts,
    private readonly textMoney: ReadTextMoney,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'Texts of a session, refused ones too, newest first',
    operationId: 'listTexts',
    description: 'Who wrote, what became of it and why, and what it cost; what was written is shown to nobody here.',
    answers: { 200: ['A page of them.', TEXTS_PAGE] },
  })
  async list(@Query() query: MessagesQuery) {
    const { account: accountId, session } = query;
    const asked = { accountId, sessionId: session.toLowerCase(), before: placeBefore(query), limit: query.limit + 1 };
    const found = await this.findTexts.search(asked);
    const money = await this.textMoney.run(found.map(({ text }) => text.id));
    const priced = found.map((one, place) => ({
      one,
      money: money[place] ?? { units: 0, providerAmount: 0, fees: 0 },
    }));
    return pageOf(priced, query, {
      keyOf: ({ one: { text } }) => keyOfPlace({ at: text.receivedAt, id: text.id }),
      show: ({ one, money: of }) => shownText(one, of),
    });
  }
}
