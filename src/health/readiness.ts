import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../platform/database/database.js';
import { isOnCluster } from '../platform/database/held-rows.js';
import type { RoomState } from '../platform/database/room.js';
import { pendingMigrations } from '../platform/database/migrations.js';
import { Processes } from '../platform/processes/processes.js';
import { within } from '../platform/within.js';
import { plivoAwaySince } from '../plivo/index.js';
import { Draining } from './draining.js';

export interface Checks {
  database: 'ok' | 'unreachable';
  migrations: 'ok' | 'pending' | 'unknown';
  /** Whether writes fail, for want of room on the database's disk or because it takes none. */
  storage: RoomState | 'unknown';
  draining: 'ok' | 'draining';
  /** Whether a process lives that runs jobs. Told, and no reason to take the API away: what is asked for is done when there is one. */
  workers: 'ok' | 'none' | 'unknown';
}

/** Since when what this service needs is away; null while it is there, and of Plivo as far as was known when the database answered last. */
export interface Away {
  database: number | null;
  plivo: number | null;
}

type OfDatabase = Pick<Checks, 'database' | 'migrations' | 'storage'>;

const LIMIT_MS = 1000;
const SILENT: OfDatabase = { database: 'unreachable', migrations: 'unknown', storage: 'unknown' };
const WORKERS = { true: 'ok', false: 'none', null: 'unknown' } as const;

/** Whether this process can serve requests. */
@Injectable()
export class Readiness {
  private isMigrated = false;
  private plivoAway: number | null = null;
  private probe: Promise<OfDatabase> | null = null;

  constructor(
    private readonly database: Database,
    private readonly draining: Draining,
    private readonly processes: Processes,
  ) {}

  async check(): Promise<Checks> {
    const ofDatabase = within(LIMIT_MS, this.sharedProbe(), () => SILENT);
    const draining = this.draining.isDraining ? 'draining' : 'ok';
    return {
      ...(await ofDatabase),
      draining,
      workers: WORKERS[String(this.processes.hasWorker()) as keyof typeof WORKERS],
    };
  }

  /** As the check before it has found. */
  get away(): Away {
    return { database: this.processes.databaseAwaySince, plivo: this.plivoAway };
  }

  /** One probe at a time, however many ask: those of a database that hangs must not use up its connections. */
  private sharedProbe(): Promise<OfDatabase> {
    this.probe ??= this.askDatabase().finally(() => (this.probe = null));
    return this.probe;
  }

  private async askDatabase(): Promise<OfDatabase> {
    try {
      await this.database.read(isTakingStatements);
    } catch {
      return { database: 'unreachable', migrations: this.isMigrated ? 'ok' : 'unknown', storage: 'unknown' };
    }
    // Migrations are never undone under a running process, so a yes stays true.
    this.isMigrated ||= (await pendingMigrations(this.database)).length === 0;
    const storage = await this.database.room.look().catch(() => 'unknown' as const);
    if (this.isMigrated) this.plivoAway = await this.database.read(plivoAwaySince).catch(() => this.plivoAway);
    return { database: 'ok', migrations: this.isMigrated ? 'ok' : 'pending', storage };
  }
}

/** A node that has lost its cluster still answers what needs no table. */
async function isTakingStatements(manager: EntityManager): Promise<void> {
  if (!isOnCluster(manager)) return void (await manager.query('SELECT 1'));
  const [ready] = await manager.query<{ Value: string }[]>("SHOW GLOBAL STATUS LIKE 'wsrep_ready'");
  if (ready?.Value !== 'ON') throw new Error('this node of the cluster has lost the others');
}
