import { statfs } from 'node:fs/promises';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Metrics } from '../platform/metrics.js';
import { Processes } from '../platform/processes/processes.js';
import type { Level, Levels } from '../platform/series.js';
import { Config } from '../platform/settings/config.js';
import { CountNumbers } from '../number-pool/index.js';
import { Draining } from './draining.js';
import { WatchCalls } from './watch-calls.js';
import { WatchSessions } from './watch-sessions.js';
import { WatchWork } from './watch-work.js';

const LOOK_MS = 5_000;
/** A country's first numbers mostly wait longer for their first call. */
const COUNTRIES_MS = 60_000;

/** What each process knows of itself, looked at every five seconds whatever its role: an API process has no scheduler. */
@Injectable()
export class WatchProcess implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly database: Level;
  private readonly draining: Level;
  private readonly living: Levels;
  private readonly free: Levels;
  private readonly size: Levels;
  private timer: NodeJS.Timeout | null = null;
  private slowTimer: NodeJS.Timeout | null = null;

  constructor(
    metrics: Metrics,
    private readonly config: Config,
    private readonly processes: Processes,
    private readonly state: Draining,
    private readonly numbers: CountNumbers,
    private readonly sessions: WatchSessions,
    private readonly calls: WatchCalls,
    private readonly work: WatchWork,
  ) {
    this.database = metrics
      .levels({
        name: 'masking_database_up',
        help: 'Whether this process could last write its sign of life to the database: 1 or 0. Up to 10 s old with SQLite, a second otherwise.',
      })
      .of();
    this.draining = metrics
      .levels({
        name: 'masking_draining',
        help: 'Whether this process has been told to stop and sends new requests elsewhere: 1 or 0.',
      })
      .of();
    this.living = metrics.levels({
      name: 'masking_processes',
      help: 'Processes of this installation that are known here to live, this one included, by ROLE.',
      labels: ['role'],
    });
    this.free = metrics.levels({
      name: 'masking_disk_free_bytes',
      help: 'What this process may still write where DATA_DIR lies: keys, recordings, and the database with SQLite.',
    });
    this.size = metrics.levels({
      name: 'masking_disk_size_bytes',
      help: 'The size of the file system where DATA_DIR lies.',
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.work.expectAll();
    await this.expectCountries();
    await this.look();
    this.timer = setInterval(() => void this.look(), LOOK_MS).unref();
    this.slowTimer = setInterval(() => void this.expectCountries(), COUNTRIES_MS).unref();
  }

  onModuleDestroy(): void {
    if (this.timer) clearInterval(this.timer);
    if (this.slowTimer) clearInterval(this.slowTimer);
  }

  async look(): Promise<void> {
    this.database.value = Number(this.processes.isReachingDatabase);
    this.draining.value = Number(this.state.isDraining);
    for (const [role, count] of this.processes.living()) this.living.set(count, role);
    try {
      const { bavail, blocks, bsize } = await statfs(this.config.dataDir);
      this.free.replace([[bavail * bsize]]);
      this.size.replace([[blocks * bsize]]);
    } catch {
      // A folder that cannot be looked at has no figures; what is written there fails with its own words.
      this.free.replace([]);
      this.size.replace([]);
    }
  }

  /** Counters of the countries that there are numbers of begin with 0. */
  async expectCountries(): Promise<void> {
    const countries = await this.numbers.countries().catch(() => []);
    for (const country of countries) {
      this.sessions.expect(country);
      this.calls.expect(country);
    }
  }
}
