import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { Config } from '../../platform/settings/config.js';
import { Database } from '../../platform/database/database.js';
import { describeDatabase } from '../../platform/database/describe-database.js';
import { pendingMigrations } from '../../platform/database/migrations.js';
import { Processes } from '../../platform/processes/processes.js';
import { buildCommit, packageVersion } from '../../platform/version.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { isoText } from '../values.dto.js';

/** What runs here, and who else. */
@Controller('admin/system')
@UseGuards(AdminGuard)
export class SystemController {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly processes: Processes,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  @ApiOperation({
    summary: 'What runs here, and the processes that were seen within the last minute',
    description:
      'The process that answers tells its version, commit (null where the build did not know it), Node, role, provider and database; migrations: how many of ' +
      'this version are done, and the names of those that are not. processes: oldest first; role worker or all runs jobs.',
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
      processes: (await this.processes.list()).map(({ startedAt, seenAt, beats: _, ...row }) => ({
        ...row,
        started_at: isoText(startedAt),
        seen_at: isoText(seenAt),
      })),
    };
  }
}
