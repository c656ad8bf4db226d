import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { Draining } from './draining.js';

export interface Checks {
  database: 'ok' | 'unreachable';
  migrations: 'ok' | 'pending' | 'unknown';
  draining: 'ok' | 'draining';
}

const LIMIT_MS = 1000;

/** Whether this process can serve requests. */
@Injectable()
export class Readiness {
  private isMigrated = false;
  private probe: Promise<Pick<Checks, 'database' | 'migrations'>> | null = null;

  constructor(
    private readonly database: Database,
    private readonly draining: Draining,
  ) {}

  async check(): Promise<Checks> {
    const limit = withLimit(this.sharedProbe(), { database: 'unreachable', migrations: 'unknown' } as const);
    return { ...(await limit), draining: this.draining.isDraining ? 'draining' : 'ok' };
  }

  /** One probe at a time, however many ask: those of a database that hangs must not use up its connections. */
  private sharedProbe(): Promise<Pick<Checks, 'database' | 'migrations'>> {
    this.probe ??= this.askDatabase().finally(() => (this.probe = null));
    return this.probe;
  }

  private async askDatabase(): Promise<Pick<Checks, 'database' | 'migrations'>> {
    try {
      await this.database.read((manager) => manager.query('SELECT 1'));
    } catch {
      return { database: 'unreachable', migrations: this.isMigrated ? 'ok' : 'unknown' };
    }
    // Migrations are never undone under a running process, so a yes stays true.
    this.isMigrated ||= await this.hasAllMigrations();
    return { database: 'ok', migrations: this.isMigrated ? 'ok' : 'pending' };
  }

  private async hasAllMigrations(): Promise<boolean> {
    try {
      const rows: { name: string }[] = await this.database.read((manager) =>
        manager.query('SELECT name FROM migration'),
      );
      const done = new Set(rows.map((row) => row.name));
      return this.database.dataSource.migrations.every((migration) => done.has(migration.name ?? ''));
    } catch {
      // No such table: nothing was ever migrated.
      return false;
    }
  }
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
