import { hostname } from 'node:os';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../clock.js';
import { Crypto } from '../crypto/crypto.js';
import { keyMarks } from '../crypto/key-marks.js';
import { change, Database, type Tx } from '../database/database.js';
import { selection } from '../database/rows.js';
import { Jobs } from '../jobs/jobs.js';
import { Log } from '../logging/logger.js';
import { Config } from '../settings/config.js';
import { packageVersion } from '../version.js';
import { LoneConnection } from './lone-connection.js';
import { PROCESSES, type ProcessRow } from './process.entity.js';
import { PROCESS_ID } from '../this-process.js';

/** Where several processes share a database. Dead is who has not been seen to beat for five looks of ours: 3.5 s to 4.2 s after its end. */
const BEAT_MS = 700;
const SILENT_LOOKS = 5;
/** On SQLite nobody waits for it; it costs a disk flush each. */
const SQLITE_BEAT_MS = 10_000;
const BEAT_LIMIT_MS = 2_000;
const SHOWN_MS = 60_000;

const SEEN = selection(PROCESSES.pick(['id', 'role', 'beats']));
const SHOWN = selection(PROCESSES.fields());

/** Whoever keeps leases that name a process. */
export interface LeaseKeeper {
  /** Ends the leases of this process, or all with null, within the transaction. */
  release(tx: Tx, holder: string | null): Promise<void>;
  /** Called when leases have been ended, here or by another process: there may be work at once. */
  lookAgain(): void;
}

interface Seen {
  role: ProcessRow['role'];
  beats: number;
  /** Looks of ours in a row that found its beats as they were. */
  silentLooks: number;
}

/**
 * Who runs this service. Each process has a row whose count grows while it lives; who is seen not to beat is dead, its row is removed and
 * what it leased is anybody's: docs/decisions/0023. No clock of another machine is trusted, and no look counts but one that
 * follows a beat of our own that was written: while the database is away, or takes no writes, nobody dies.
 */
@Injectable()
export class Processes implements BeforeApplicationShutdown {
  readonly id: string = PROCESS_ID;
  private readonly keepers: LeaseKeeper[];
  private readonly startedAt: number;
  private readonly others = new Map<string, Seen>();
  private hasLooked = false;
  private connection: LoneConnection | null = null;
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();
  private burial: Promise<void> | null = null;
  private isRunning = false;
  /** When beats began to fail; null while they are written. */
  private failsSince: number | null = null;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly log: Log,
    jobs: Jobs,
    private readonly crypto: Crypto,
  ) {
    this.keepers = [jobs];
    this.startedAt = clock.now();
  }

  keep(keeper: LeaseKeeper): void {
    this.keepers.push(keeper);
  }

  /** Before this process leases anything. On SQLite, which is for one process, all that was there before it is dead. */
  async start(): Promise<void> {
    this.isRunning = true;
    if (this.database.isSqlite) {
      await this.database.transaction(async (tx) => {
        await tx.query('DELETE FROM process');
        for (const keeper of this.keepers) await keeper.release(tx, null);
        await this.enter(tx);
      });
    } else await this.beatAndLook();
    this.schedule();
  }

  /** Its row goes, and what it may have left undone is anybody's at once. */
  async beforeApplicationShutdown(): Promise<void> {
    if (!this.isRunning) return;
    this.isRunning = false;
    if (this.timer) clearTimeout(this.timer);
    await this.round;
    await this.burial;
    this.connection?.close();
    await this.bury({ id: this.id }).catch((error: unknown) => this.log.warn('process.not-signed-off', { error }));
  }

  /** A beat, a look, and the burial of whom it finds dead. Rejects when the database does not answer. */
  async beatAndLook(): Promise<void> {
    await this.beatOnce();
    await this.burial;
  }

  /** What is done again and again: a beat, and a note of whether it could be written. Never rejects. */
  async pulse(): Promise<void> {
    await this.beatOnce().then(
      () => this.noteOutage(null),
      (error: unknown) => this.noteOutage(error),
    );
  }

  /** One beat, and where there may be others a look at theirs. */
  private async beatOnce(): Promise<void> {
    if (this.database.isSqlite) {
      await this.database.transaction((tx) => this.beat(tx));
      return;
    }
    this.connection ??= new LoneConnection(this.database.dataSource, BEAT_LIMIT_MS);
    const rows = await this.connection.run(async (manager) => {
      await this.beat(manager);
      return SEEN.read(manager, 'FROM process');
    });
    this.look(rows);
  }

  /** Whether other processes serve the same database, as far as this one has seen. */
  hasOthers(): boolean {
    return this.others.size > 0;
  }

  /** Whether a process lives that runs jobs; null when that is not known yet. */
  hasWorker(): boolean | null {
    if (this.config.role !== 'api') return true;
    if ([...this.others.values()].some(({ role }) => role !== 'api')) return true;
    return this.hasLooked || this.database.isSqlite ? false : null;
  }

  /** Whether the last beat was written. */
  get isReachingDatabase(): boolean {
    return this.failsSince === null;
  }

  /** Since when none was written; null while they are. */
  get databaseAwaySince(): number | null {
    return this.failsSince;
  }

  /** How many are known to live of each role, this one included; on SQLite there is no other. */
  living(): Map<ProcessRow['role'], number> {
    const counts = new Map<ProcessRow['role'], number>([
      ['all', 0],
      ['api', 0],
      ['worker', 0],
    ]);
    for (const role of [this.config.role, ...[...this.others.values()].map((other) => other.role)])
      counts.set(role, (counts.get(role) ?? 0) + 1);
    return counts;
  }

  /** Those that were seen within a minute, oldest first. */
  async list(): Promise<ProcessRow[]> {
    const rows = await this.database.browse((manager) => SHOWN.read(manager, 'FROM process ORDER BY id'));
    const since = this.clock.now() - SHOWN_MS;
    return rows.filter(({ seenAt }) => seenAt > since).sort((one, other) => one.startedAt - other.startedAt);
  }

  private schedule(): void {
    this.timer = setTimeout(
      () => {
        this.round = this.pulse().then(() => {
          if (this.isRunning) this.schedule();
        });
      },
      this.database.isSqlite ? SQLITE_BEAT_MS : BEAT_MS,
    );
    this.timer.unref();
  }

  private noteOutage(error: unknown): void {
    // Of a process that writes nothing else.
    if (error !== null) this.database.room.note(error);
    if (error !== null && this.failsSince === null) this.log.warn('process.beat-failed', { error });
    if (error === null && this.failsSince !== null) this.log.info('process.beats-again', {});
    this.failsSince = error === null ? null : (this.failsSince ?? this.clock.now());
  }

  /** A row that is gone although we live was buried while this process stood still. Its leases have lapsed; the next ones are guarded again. */
  private async beat(manager: EntityManager): Promise<void> {
    const now = this.clock.now();
    const beaten = await change(manager, 'UPDATE process SET beats = beats + 1, seen_at = ? WHERE id = ?', [
      now,
      this.id,
    ]);
    if (beaten === 0) await this.enter(manager);
  }

  private async enter(manager: EntityManager): Promise<void> {
    await PROCESSES.insert(manager, {
      id: this.id,
      role: this.config.role,
      host: hostname().slice(0, 100),
      pid: process.pid,
      version: packageVersion().slice(0, 40),
      node: process.version.slice(0, 20),
      startedAt: this.startedAt,
      seenAt: this.clock.now(),
      encryptionKeys: keyMarks(this.crypto),
      beats: 1,
    });
  }

  private look(rows: readonly { id: string; role: ProcessRow['role']; beats: number }[]): void {
    const here = new Set(rows.map(({ id }) => id));
    const gone = [...this.others.keys()].filter((id) => !here.has(id));
    for (const id of gone) this.others.delete(id);
    for (const { id, role, beats } of rows) {
      if (id === this.id) continue;
      const known = this.others.get(id);
      const silentLooks = known?.beats === beats ? known.silentLooks + 1 : 0;
      this.others.set(id, { role, beats, silentLooks });
    }
    this.hasLooked = true;
    if (gone.length > 0) this.lookAgain();
    this.burial ??= this.buryTheSilent()
      .catch((error: unknown) => this.log.warn('process.burial-failed', { error }))
      .finally(() => (this.burial = null));
  }

  /** Beside the beats, which must not wait for locks that a burial waits for: who does not beat is buried. */
  private async buryTheSilent(): Promise<void> {
    for (const [id, { beats, silentLooks }] of this.others) {
      if (silentLooks >= SILENT_LOOKS && (await this.bury({ id, beats }))) {
        this.others.delete(id);
        this.log.warn('process.taken-over', { process: id });
      }
    }
  }

  /** Of several who find it dead one removes the row. Not done when it has beaten meanwhile. */
  private async bury({ id, beats }: { id: string; beats?: number }): Promise<boolean> {
    const isBuried = await this.database.transaction(async (tx) => {
      const removed =
        beats === undefined
          ? await change(tx, 'DELETE FROM process WHERE id = ?', [id])
          : await change(tx, 'DELETE FROM process WHERE id = ? AND beats = ?', [id, beats]);
      if (removed > 0) for (const keeper of this.keepers) await keeper.release(tx, id);
      return removed > 0;
    });
    if (isBuried && id !== this.id) this.lookAgain();
    return isBuried;
  }

  private lookAgain(): void {
    for (const keeper of this.keepers) keeper.lookAgain();
  }
}
