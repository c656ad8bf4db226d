import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../platform/database/database.js';
import { isOnCluster } from '../platform/database/held-rows.js';
import { pendingMigrations } from '../platform/database/migrations.js';
import { Processes } from '../platform/processes/processes.js';
import { Draining } from './draining.js';

export interface Checks {
  database: 'ok' | 'unreachable';
  migrations: 'ok' | 'pending' | 'unknown';
  draining: 'ok' | 'draining';
  /** Whether a process lives that runs jobs. Told, and no reason to take the API away: what is asked for is done when there is one. */
  workers: 'ok' | 'none' | 'unknown';
}

const LIMIT_MS = 1000;
const WORKERS = { true: 'ok', false: 'none', null: 'unknown' } as const;

/** Whether this process can serve requests. */
@Injectable()
export class Readiness {
  private isMigrated = false;
  private probe: Promise<Pick<Checks, 'database' | 'migrations'>> | null = null;

  constructor(
    private readonly database: Database,
    private readonly draining: Draining,
    private readonly processes: Processes,
  ) {}

  async check(): Promise<Checks> {
    const limit = withLimit(this.sharedProbe(), { database: 'unreachable', migrations: 'unknown' } as const);
    const draining = this.draining.isDraining ? 'draining' : 'ok';
    return { ...(await limit), draining, workers: WORKERS[String(this.processes.hasWorker()) as keyof typeof WORKERS] };
  }

  /** One probe at a time, however many ask: those of a database that hangs must not use up its connections. */
  private sharedProbe(): Promise<Pick<Checks, 'database' | 'migrations'>> {
    this.probe ??= this.askDatabase().finally(() => (this.probe = null));
    return this.probe;
  }

  private async askDatabase(): Promise<Pick<Checks, 'database' | 'migrations'>> {
    try {
      await this.database.read(isTakingStatements);
    } catch {
      return { database: 'unreachable', migrations: this.isMigrated ? 'ok' : 'unknown' };
    }
    // Migrations are never undone under a running process, so a yes stays true.
    this.isMigrated ||= (await pendingMigrations(this.database)).length === 0;
    return { database: 'ok', migrations: this.isMigrated ? 'ok' : 'pending' };
  }
}

/** A node that has lost its cluster still answers what needs no table. */
async function isTakingStatements(manager: EntityManager): Promise<void> {
  if (!isOnCluster(manager)) return void (await manager.query('SELECT 1'));
  const [ready] = await manager.query<{ Value: string }[]>("SHOW GLOBAL STATUS LIKE 'wsrep_ready'");
  if (ready?.Value !== 'ON') throw new Error('this node of the cluster has lost the others');
}

async function withLimit<T>(work: Promise<T>, late: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<T>((resolve) => (timer = setTimeout(() => resolve(late), LIMIT_MS)));
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
