import { Controller, HttpCode, Param, Post, Query, Req, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Accounts, AccountSettings } from '../../accounts/index.js';
import { Clock } from '../../platform/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { InvalidRequest, NotFound } from '../../platform/errors.js';
import { StreamedBody } from '../../platform/http/body-parsers.js';
import { InvalidJson } from '../../platform/http/http.errors.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { Documented } from '../../platform/openapi/documented.js';
import { IMPORTABLE, ImportSessions, ReadImported, SessionsRefused } from '../../sessions/index.js';
import { warningsAbout } from '../../platform/http/unknown-parameters.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { IMPORTED_SESSIONS, ImportQuery, MOST_SESSIONS, SESSIONS_BODY, type Imported } from './import.dto.js';

const ABOUT = [
  'Each keeps its uuid, its number and its end. Its number must be an active one of the pool that leads here, and free for both parties. All are taken over or none:',
  'then 409 `sessions_refused`, whose `refused` says of each by its place (`index`, from 1), uuid and `code` why. Those that an earlier import has brought are left as they are,',
  'those that are over are skipped. Nobody is called, told or charged. At most 10,000 sessions and 16 MiB.',
].join(' ');

/** Undoes a transaction that has shown what would happen. */
class WouldHappen extends Error {
  constructor(readonly answer: Imported) {
    super('a dry run keeps nothing');
  }
}

/** Takes over what another system had. */
@Controller('admin/accounts/:auth_id/import')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class ImportController {
  constructor(
    private readonly accounts: Accounts,
    private readonly settings: AccountSettings,
    private readonly readImported: ReadImported,
    private readonly importSessions: ImportSessions,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  @Post()
  @HttpCode(200)
  @MayAsk('admin')
  @Documented({
    summary: 'Take over live sessions of another system: all or none',
    operationId: 'importSessions',
    description: ABOUT,
    body: { 'application/json': SESSIONS_BODY },
    answers: { 200: ['How many were taken over.', IMPORTED_SESSIONS] },
    refusals: [NotFound, InvalidJson, SessionsRefused],
  })
  async import(
    @Param('auth_id') accountId: string,
    @Query() { dry_run: dryRun }: ImportQuery,
    @Req() request: FastifyRequest,
  ): Promise<unknown> {
    await this.database.read((manager) => this.accounts.require(manager, accountId));
    const terms = await this.settings.of(accountId);
    const objects = await sessionsIn(request);
    const read = await this.readImported.run(objects, terms, this.clock.now());
    const isDry = dryRun === 'true';

    const work = async (tx: Tx) => {
      await this.accounts.require(tx, accountId);
      const result = await this.importSessions.run(tx, accountId, read);
      const counts = { ...result, skipped: read.skipped };
      const body: Imported = { dry_run: isDry, ...counts, ...warningsAbout(read.unknown, IMPORTABLE) };
      if (isDry) throw new WouldHappen(body);
      await this.audit.record(tx, { action: 'sessions.imported', target: accountId, details: counts }, request);
      return { status: 200, body };
    };
    try {
      return (await this.idempotency.once(request, 'admin', work)).body;
    } catch (error) {
      if (error instanceof WouldHappen) return error.answer;
      throw error;
    }
  }
}

/** Read now that it is known who asks. From then on it is the request's body, as that of any other. */
async function sessionsIn(request: FastifyRequest): Promise<unknown[]> {
  if (request.body instanceof StreamedBody) request.body = await jsonOf(request.body);
  const { sessions, ...others } = Object(request.body) as { sessions?: unknown };
  if (!Array.isArray(sessions) || sessions.length === 0 || Object.keys(others).length > 0)
    throw new InvalidRequest('sessions: expected {"sessions": [...]} with at least one session', { param: 'sessions' });
  if (sessions.length > MOST_SESSIONS)
    throw new InvalidRequest(`sessions: expected at most ${MOST_SESSIONS}, found ${sessions.length}`, {
      param: 'sessions',
    });
  return sessions;
}

async function jsonOf(body: StreamedBody): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))) as unknown;
  } catch {
    throw new InvalidJson();
  }
}
