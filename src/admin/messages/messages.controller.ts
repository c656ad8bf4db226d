import type { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReadTextMoney } from '../../billing-stats/index.js';
import { FindTexts, type FoundText, type TextSearch } from '../../texts/index.js';
import { Database } from '../../platform/database/database.js';
import { NotFound } from '../../platform/errors.js';
import { maskText } from '../../platform/logging/mask-text.js';
import { Log } from '../../platform/logging/logger.js';
import { Documented } from '../../platform/openapi/documented.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit, type AuditedWrite } from '../audit/audit.js';
import { csvOf, exportDetails, isCsvWanted } from '../csv.js';
import { keyOfPlace, placeBefore } from '../newest-first.dto.js';
import { pageOf } from '../page.dto.js';
import { ReadNumber } from '../reading/read-number.js';
import { ReadParty } from '../reading/read-party.js';
import {
  MessagesQuery,
  roleOf,
  shownText,
  TEXT_COLUMNS,
  textCells,
  TEXTS_CSV,
  TEXTS_PAGE,
  WORDS,
  WordsQuery,
} from './messages.dto.js';

/** Of a CSV: some 2 kB a text in memory. */
const PAGE = 500;

type Search = Omit<TextSearch, 'before' | 'limit'>;

/** Texts; what was written is shown of one alone, and that is audited. */
@Controller('admin/messages')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class MessagesController {
  constructor(
    private readonly findTexts: FindTexts,
    private readonly readNumber: ReadNumber,
    private readonly readParty: ReadParty,
    private readonly textMoney: ReadTextMoney,
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly log: Log,
  ) {}

  @Get()
  @MayAsk('viewer', 'support', 'finance')
  @Documented({
    summary: 'Texts, refused ones too, newest first',
    operationId: 'listTexts',
    description:
      'Who wrote, what became of it and why, and what it cost; what was written is not in it. As CSV (`format=csv`, or `Accept: text/csv`) all that the filters leave, without the number of a party; that is audited.',
    answers: { 200: ['A page of them, or all as CSV.', TEXTS_PAGE, { 'text/csv': TEXTS_CSV }] },
  })
  async list(
    @Query() query: MessagesQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const search = await this.searchOf(query);
    if (isCsvWanted(query.format, request)) return this.csv(search, request, reply);
    const found = await this.findTexts.search({
      ...search,
      before: placeBefore(query, 'messages'),
      limit: query.limit + 1,
    });
    return pageOf(await this.withMoney(found), query, {
      list: 'messages',
      keyOf: ({ one: { text } }) => keyOfPlace({ at: text.receivedAt, id: text.id }),
      show: ({ one, money }) => shownText(one, money),
    });
  }

  @Get(':id/text')
  @MayAsk('support')
  @Documented({
    summary: 'What was written in a text, while it is kept; the audit says who has read it and why',
    operationId: 'readTextWords',
    description:
      'Words are deleted when Plivo has the text, unless `text_retention_days` of the account keeps them longer; then, and where there are none, 404.',
    answers: { 200: ['The words.', WORDS] },
    refusals: [NotFound],
  })
  async words(@Param('id') given: string, @Query() { purpose }: WordsQuery, @Req() request: FastifyRequest) {
    const id = given.toLowerCase();
    const { accountId, sessionId, words } = await this.findTexts.wordsById(id);
    const details = { account: accountId, session: sessionId, purpose: maskText(purpose) };
    await this.database.transaction((tx) =>
      this.audit.record(tx, { action: 'message.read', target: id, details }, request),
    );
    // In any spelling, which what masks answers does not look for.
    return { id, text: request.numbers?.isWhole === true ? words : maskText(words) };
  }

  /** What list and CSV look for. */
  private async searchOf(query: MessagesQuery): Promise<Search> {
    const { account: accountId, session, state, from, to, ...pasted } = query;
    return {
      accountId,
      sessionId: session?.toLowerCase(),
      party: await this.readParty.run(pasted.party, accountId),
      virtualNumber: await this.readNumber.run('virtual_number', pasted.virtual_number, accountId),
      state,
      senderRole: roleOf(query),
      from,
      to,
    };
  }

  private async withMoney(found: FoundText[]) {
    const money = await this.textMoney.run(found.map(({ text }) => text.id));
    return found.map((one, place) => ({
      one,
      money: money[place] ?? { units: 0, providerAmount: 0, fees: 0 },
    }));
  }

  private async csv(search: Search, request: FastifyRequest, reply: FastifyReply): Promise<Readable> {
    const csv = await csvOf({ columns: TEXT_COLUMNS, pages: this.pages(search) }, request, reply, this.log);
    const write: AuditedWrite = {
      action: 'messages.exported',
      target: 'messages',
      details: exportDetails(search, request),
    };
    await this.database.transaction((tx) => this.audit.record(tx, write, request));
    return csv;
  }

  private async *pages(search: Search) {
    for (let before: TextSearch['before']; ;) {
      const page = await this.findTexts.search({ ...search, before, limit: PAGE });
      yield (await this.withMoney(page)).map(({ one, money }) => textCells(one, money));
      const last = page.at(-1);
      if (page.length < PAGE || last === undefined) return;
      before = { at: last.text.receivedAt, id: last.text.id };
    }
  }
}
