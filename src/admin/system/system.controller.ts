import { Controller, Get, UseGuards } from '@nestjs/common';
import { CHECK_NAMES, Examination, VERDICTS } from '../../doctor/index.js';
import { Config } from '../../platform/settings/config.js';
import { Database } from '../../platform/database/database.js';
import { describeDatabase } from '../../platform/database/describe-database.js';
import { pendingMigrations } from '../../platform/database/migrations.js';
import { Processes } from '../../platform/processes/processes.js';
import { buildCommit, packageVersion } from '../../platform/version.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { isoText } from '../values.dto.js';
import { Documented } from '../../platform/openapi/documented.js';
import { count, flag, instant, listOf, object, orNull, shape, text, word } from '../../platform/openapi/schemas.js';

const ROLES = ['all', 'api', 'worker'];

/** What is known of a check of `masking doctor`; docs/doctor.md explains each. */
const checkSchema = () =>
  object({
    name: word('Which; several entries where it has found several things.', CHECK_NAMES),
    verdict: orNull(word('skipped: it could not be looked at. Null before the first look has ended.', [...VERDICTS])),
    found: orNull(text('What is there; null with the verdict.', 'https://masking.example.com leads here')),
    reason: orNull(
      text(
        'Why that matters, or why it was not looked at; null where nothing is wrong.',
        'Plivo calls every URL below it.',
      ),
    ),
    remedy: orNull(text('What to do; null where nothing is to be done.', 'Correct PUBLIC_URL.')),
    as_of: orNull(instant('When the look ended that found this; null with the verdict.')),
    is_running: flag('Whether it is being looked at anew: ask again for what that finds.'),
  });

const SYSTEM = shape<Awaited<ReturnType<SystemController['show']>>>('System', () => ({
  version: text('Of the service.', '0.1.0'),
  commit: orNull(text('Null where the build did not know it.', 'cbc4b1b')),
  node: text('Of Node.', 'v24.11.0'),
  database: text('Without credentials.', 'SQLite, data/masking.db'),
  migrations: object({
    done: count('How many of this version are done.', 60),
    pending: listOf(text('By name.', 'AddSomething1764000000000'), 'Those that are not.'),
  }),
  provider: word('Who makes the calls.', ['plivo', 'simulator']),
  role: word('Which part of the service it plays.', ROLES),
  is_production: flag('Whether it was started with NODE_ENV=production.'),
  processes: listOf(
    object({
      id: text('Of the process.', 'b4Jx0pQw7Lm2Zt9a'),
      role: word('worker and all run jobs.', ROLES),
      host: text('Where it runs.', 'masking-1'),
      pid: count('There.', 4242),
      version: text('Of the service.', '0.1.0'),
      node: text('Of Node.', 'v24.11.0'),
      started_at: instant('When it started.'),
      seen_at: instant('When it beat last.'),
    }),
    'Oldest first.',
  ),
  checks: listOf(
    checkSchema(),
    'As masking doctor makes them, from inside this process, and as they are known: nobody waits for them. What is older than 15 s is looked at anew.',
  ),
}));

/** What runs here, and who else. */
@Controller('admin/system')
@UseGuards(AdminGuard)
export class SystemController {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly processes: Processes,
    private readonly examination: Examination,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'What runs here, and the processes that were seen within the last minute',
    operationId: 'getSystem',
    answers: { 200: ['Of the process that answers.', SYSTEM] },
  })
  async show() {
    const pending = await pendingMigrations(this.database);
    return {
      version: packageVersion(),
      commit: buildCommit(),
      node: process.version,
      database: describeDatabase(this.config.database),
      migrations: { done: this.database.dataSource.migrations.length - pending.length, pending },
      provider: this.config.provider.kind,
      role: this.config.role,
      is_production: this.config.production,
      processes: (await this.processes.list()).map(
        ({ startedAt, seenAt, beats: _beats, encryptionKeys: _keys, ...row }) => ({
          ...row,
          started_at: isoText(startedAt),
          seen_at: isoText(seenAt),
        }),
      ),
      checks: this.examination.known().map(({ name, result, at, isRunning }) => ({
        name,
        verdict: result?.verdict ?? null,
        found: result?.found ?? null,
        reason: result?.reason ?? null,
        remedy: result?.remedy ?? null,
        as_of: at === null ? null : isoText(at),
        is_running: isRunning,
      })),
    };
  }
}
