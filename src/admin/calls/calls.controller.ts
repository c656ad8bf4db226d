import type { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReadCallMoney } from '../../billing-stats/index.js';
import { FindCalls, ReadCallCountries, type CallSearch, type FoundCall } from '../../call-routing/index.js';
import { Database } from '../../platform/database/database.js';
import { Log } from '../../platform/logging/logger.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Documented } from '../../platform/openapi/documented.js';
import { Audit, type AuditedWrite } from '../audit/audit.js';
import { csvOf, exportDetails, isCsvWanted } from '../csv.js';
import { keyOfPlace, placeBefore } from '../newest-first.dto.js';
import { pageOf } from '../page.dto.js';
import { ReadNumber } from '../reading/read-number.js';
import { ReadParty } from '../reading/read-party.js';
import { CALL, CALLS_CSV, CALLS_PAGE } from './call-schema.js';
import { CALL_COLUMNS, callCells, CallsQuery, pricedCall } from './calls.dto.js';

/** Of a CSV: some 2 kB a call in memory. */
const PAGE = 500;

@Controller('admin/calls')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class CallsController {
  constructor(
    private readonly findCalls: FindCalls,
    private readonly readNumber: ReadNumber,
    private readonly readParty: ReadParty,
    private readonly callMoney: ReadCallMoney,
    private readonly callCountries: ReadCallCountries,
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly log: Log,
  ) {}

  @Get()
  @MayAsk('viewer', 'support', 'finance')
  @Documented({
    summary: 'Calls, refused ones too, newest first',
    operationId: 'listMaskedCalls',
    description:
      'Who called, what was called, what became of it and why. As CSV (`format=csv`, or `Accept: text/csv`) all that the filters leave, without the number of a party; that is audited.',
    answers: { 200: ['A page of them, or all as CSV.', CALLS_PAGE, { 'text/csv': CALLS_CSV }] },
  })
  async list(
    @Query() query: CallsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const search = await this.searchOf(query);
    if (isCsvWanted(query.format, request)) return this.csv(search, request, reply);
    const found = await this.findCalls.run({ ...search, before: placeBefore(query, 'calls'), limit: query.limit + 1 });
    return pageOf(await this.withMoney(found), query, {
      list: 'calls',
      keyOf: ({ call }) => keyOfPlace({ at: call.createdAt, id: call.id }),
      show: pricedCall,
    });
  }

  /** Our id of a call, or Plivo's of one of its legs. */
  @Get(':id')
  @MayAsk('viewer', 'support', 'finance')
  @Documented({
    summary: "One call, by our id of it or by Plivo's of one of its legs",
    operationId: 'getMaskedCall',
    answers: { 200: ['The call.', CALL] },
  })
  async one(@Param('id') id: string) {
    const [found] = await this.withMoney([await this.findCalls.one(id)]);
    return found && pricedCall(found);
  }

  /** What list and CSV look for. */
  private async searchOf({ account: accountId, session, outcome, from, to, ...pasted }: CallsQuery): Promise<Search> {
    return {
      accountId,
      sessionId: session?.toLowerCase(),
      party: await this.readParty.run(pasted.party, accountId),
      dialled: await this.readNumber.run('dialled', pasted.dialled, accountId),
      virtualNumber: await this.readNumber.run('virtual_number', pasted.virtual_number, accountId),
      outcome,
      from,
      to,
    };
  }

  private async withMoney(found: FoundCall[]) {
    const money = await this.callMoney.run(found.map(({ call }) => call));
    return found.map((one, place) => ({ ...one, money: money[place] ?? null }));
  }

  private async csv(search: Search, request: FastifyRequest, reply: FastifyReply): Promise<Readable> {
    const csv = await csvOf({ columns: CALL_COLUMNS, pages: this.pages(search) }, request, reply, this.log);
    const write: AuditedWrite = { action: 'calls.exported', target: 'calls', details: exportDetails(search, request) };
    await this.database.transaction((tx) => this.audit.record(tx, write, request));
    return csv;
  }

  private async *pages(search: Search) {
    for (let before: CallSearch['before']; ;) {
      const page = await this.findCalls.run({ ...search, before, limit: PAGE });
      const countries = await this.callCountries.run(page.map(({ call }) => call.id));
      const calls = await this.withMoney(page);
      yield calls.map((one, place) => callCells(one, countries[place] ?? { caller: null, dialled: null }, one.money));
      const last = page.at(-1);
      if (page.length < PAGE || last === undefined) return;
      before = { at: last.call.createdAt, id: last.call.id };
    }
  }
}

type Search = Omit<CallSearch, 'before' | 'limit'>;
