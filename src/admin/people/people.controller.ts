import { Readable } from 'node:stream';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ExportPerson, FindPerson, OrderErasure } from '../../people/index.js';
import { Clock } from '../../platform/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { NotFound } from '../../platform/errors.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { newId } from '../../platform/ids.js';
import { Documented } from '../../platform/openapi/documented.js';
import type { E164 } from '../../telephony/phone.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { ReadPerson } from '../reading/read-person.js';
import { isoText } from '../values.dto.js';
import { exportFile } from './export-file.js';
import { PersonBody, shownErasure, shownPerson } from './people.dto.js';
import { ERASURE, ORDERED_ERASURE, PERSON, PERSON_EXPORT } from './person-schema.js';

/** What is kept of a person, whoever's customer it is: found, exported, erased. The number stands in bodies, so that no log of a proxy has it. */
@Controller('admin/people')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class PeopleController {
  constructor(
    private readonly readPerson: ReadPerson,
    private readonly findPerson: FindPerson,
    private readonly exportPerson: ExportPerson,
    private readonly orderErasure: OrderErasure,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  @Post('find')
  @MayAsk('support')
  @HttpCode(200)
  @Documented({
    summary: 'What is kept of a person: how much, and the newest 20 sessions',
    operationId: 'findPerson',
    answers: { 200: ['What there is.', PERSON] },
    refusals: [NotFound],
    isRead: true,
  })
  async find(@Body() { number: pasted, account }: PersonBody) {
    const number = await this.readPerson.run(pasted, account);
    return shownPerson(await this.findPerson.run({ number, accountId: account }));
  }

  @Post('export')
  @MayAsk('admin')
  @HttpCode(200)
  @Documented({
    summary: 'All that is kept of a person, as a JSON file: its own number whole, those of others masked',
    operationId: 'exportPerson',
    answers: { 200: ['The file.', PERSON_EXPORT] },
    refusals: [NotFound],
    isRead: true,
  })
  async export(
    @Body() { number: pasted, account }: PersonBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable> {
    const number = await this.readPerson.run(pasted, account);
    const accountIds = await this.exportPerson.accountsOf({ number, accountId: account });
    const [id, at] = [newId(), isoText(this.clock.now())];
    // Before the first byte: nothing leaves without an entry.
    await this.database.transaction((tx) =>
      this.audit.record(tx, { action: 'people.exported', target: id, details: { account: account ?? null } }, request),
    );
    void reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('content-disposition', `attachment; filename="person-${id}.json"`)
      .header('cache-control', 'no-store');
    const text = exportFile(this.exportPerson, { number, accountIds, at });
    return Readable.from(request.whileIn?.(text) ?? text, { objectMode: false, highWaterMark: 64 * 1024 });
  }

  @Post('erase')
  @MayAsk('admin')
  @HttpCode(202)
  @Documented({
    summary: 'Erase a person: sessions, calls, recordings and whatever else has its number',
    operationId: 'erasePerson',
    description: 'Sums stay. Cannot be taken back.',
    answers: { 202: ['It is begun.', ORDERED_ERASURE] },
    refusals: [NotFound],
  })
  async erase(
    @Body() { number: pasted, account }: PersonBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const number = await this.readPerson.run(pasted, account);
    await this.orderErasure.check({ number, accountId: account });
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const id = await this.order(tx, number, account, request);
      return { status: 202, body: { erasure_id: id }, about: id };
    });
    reply.status(answer.status);
    return answer.body;
  }

  @Get('erasures/:id')
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'How far an erasure is',
    operationId: 'getErasure',
    answers: { 200: ['What was found, what is erased, and what is waited for.', ERASURE] },
  })
  async erasure(@Param('id') id: string) {
    return shownErasure(await this.orderErasure.show(id.toLowerCase()));
  }

  @Delete(':number')
  @MayAsk('admin')
  @HttpCode(202)
  @Documented({
    summary: 'Erase a person in all accounts, where a number in a URL is no harm',
    operationId: 'erasePersonByNumber',
    description: 'Does what `POST /admin/people/erase` does. The number may be spelt in any way, percent-encoded.',
    answers: { 202: ['It is begun.', ORDERED_ERASURE] },
  })
  async remove(@Param('number') text: string, @Req() request: FastifyRequest) {
    const number = await this.readPerson.run(text);
    return this.database.transaction(async (tx) => ({ erasure_id: await this.order(tx, number, undefined, request) }));
  }

  private async order(tx: Tx, number: E164, account: string | undefined, request: FastifyRequest): Promise<string> {
    const id = await this.orderErasure.run(tx, { number, accountId: account });
    await this.audit.record(
      tx,
      { action: 'people.erased', target: id, details: { account: account ?? null } },
      request,
    );
    return id;
  }
}
