import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { PoolConnection } from 'mysql2';
import { DataSource, EntityManager, QueryFailedError } from 'typeorm';
import { Unavailable } from '../errors.js';
import { managerOn, mysqlPool, mysqlStatements, sqliteStatements } from './statements.js';

export { change } from './statements.js';

/** What is inside a transaction; always passed by hand, so that what belongs to it can be seen. */
export type Tx = EntityManager;

/** Thrown in place of a transaction that was not begun, because nobody wanted it any more when its turn came. */
export class NotBegun extends Error {}

/** Thrown inside a transaction whose premise another one has just changed: the whole work runs again in a new transaction. */
export class Contended extends Error {}

/**
 * Conflicts are settled by keys, so each one means that somebody else got on; with 64 creators on ten numbers the most repeats seen was below 20.
 * Whoever still meets one after this is told to come back: nobody waits for ever, and an idempotency key's lease of 30 s is not outlived. The last
 * repeat may wait for a lock for another two seconds (data-source.ts).
 */
const REPEAT_FOR_MS = 3_000;
const LONGEST_PAUSE_MS = 40;
/** MySQL and MariaDB: deadlock, lock wait timeout, snapshot changed. */
const RETRYABLE_ERRNOS = new Set([1213, 1205, 1020]);
const DUPLICATE_ERRNOS = new Set([1062]);

@Injectable()
export class Database {
  readonly isSqlite: boolean;
  /** `FOR UPDATE` where rows can be locked; SQLite has one writer at a time and needs none. */
  readonly forUpdate: '' | 'FOR UPDATE';
  /** Keeps a row from being changed while others may still read it. */
  readonly forShare: '' | 'LOCK IN SHARE MODE';
  /** For claiming work: rows that another process holds are passed over. Never for choosing numbers, where it reports false exhaustion. */
  readonly forUpdateSkipLocked: '' | 'FOR UPDATE SKIP LOCKED';
  /**
   * Stands between table and SET of an UPDATE by a list of ids: MariaDB reads a small table whole instead, and then waits for rows that
   * unrelated transactions hold.
   */
  readonly byPrimaryKey: '' | 'FORCE INDEX (PRIMARY)';
  private readonly inside: AsyncLocalStorage<true> | null;
  /** For reads; on SQLite also for what is inside a transaction, because there is one connection. */
  private readonly shared: EntityManager;
  private queue: Promise<unknown> = Promise.resolve();
  private readonly afterCommit = new Set<() => void>();

  private readonly repeatForMs: number;

  /** `watchNesting` tells a transaction opened inside another, which SQLite would wait for for ever; it costs 2 % of a request, so only tests watch. */
  constructor(
    readonly dataSource: DataSource,
    { watchNesting = false, repeatForMs = REPEAT_FOR_MS }: { watchNesting?: boolean; repeatForMs?: number } = {},
  ) {
    this.repeatForMs = repeatForMs;
    this.isSqlite = dataSource.options.type === 'better-sqlite3';
    this.byPrimaryKey = this.isSqlite ? '' : 'FORCE INDEX (PRIMARY)';
    this.forShare = this.isSqlite ? '' : 'LOCK IN SHARE MODE';
    this.inside = watchNesting ? new AsyncLocalStorage() : null;
    this.shared = managerOn(
      dataSource.manager,
      this.isSqlite ? sqliteStatements(dataSource.createQueryRunner()) : mysqlStatements(mysqlPool(dataSource)),
    );
    this.forUpdate = this.isSqlite ? '' : 'FOR UPDATE';
    this.forUpdateSkipLocked = this.isSqlite ? '' : 'FOR UPDATE SKIP LOCKED';
  }

  /** Stands behind a table and its alias in a SELECT that this index is made for, where it must not be left to statistics that SQLite does not have. */
  byIndex(name: string): string {
    return this.isSqlite ? `INDEXED BY ${name}` : `FORCE INDEX (${name})`;
  }

  /**
   * Runs `work` in a transaction (READ COMMITTED) and commits it; the only way to write. Deadlocks, lock waits and `Contended` run the work
   * again from its start in a new transaction, so `work` must do nothing but talk to the database; that ends with `Unavailable` after 5 s. An error at
   * COMMIT itself is not retried: its outcome is unknown.
   *
   * Transactions wait for their turn: for the connection of SQLite, for one of the pool's. `isWanted` is asked when it comes; where it is not, nothing is
   * sent to the database and `NotBegun` is thrown.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>, isWanted: () => boolean = always): Promise<T> {
    let begunAt: number | null = null;
    const isWantedNow = (): boolean => {
      // Waiting for one's turn is no conflict.
      begunAt ??= performance.now();
      return isWanted();
    };
    for (let attempt = 1; ; attempt++) {
      try {
        const result = this.isSqlite
          ? await this.serialised(() => this.onSharedConnection(work, isWantedNow))
          : await this.onOwnConnection(work, isWantedNow);
        for (const listener of this.afterCommit) listener();
        return result;
      } catch (error) {
        if (!isRetryable(error)) throw error;
        if (begunAt !== null && performance.now() - begunAt >= this.repeatForMs)
          throw new Unavailable('too many simultaneous changes, try again', { retryAfterSeconds: 1 });
        await delay(Math.random() * Math.min(attempt * 2, LONGEST_PAUSE_MS));
      }
    }
  }

  /**
   * Reads committed rows only. On SQLite all work shares one connection, so a read beside an open transaction would see rows that may yet be
   * rolled back; it therefore waits its turn.
   */
  async read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.isSqlite ? this.serialised(() => work(this.shared)) : work(this.shared);
  }

  /**
   * Reads for people and for background work: lists, searches, figures, exports, pages of a recount. Sees committed rows of one instant, perhaps
   * an older one than a commit of just now. Nothing that decides about a call or a session is read here.
   */
  async browse<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.read(work);
  }

  /** Calls `listener` after each commit of this process: how waiting workers learn of new work without polling. */
  onCommit(listener: () => void): void {
    this.afterCommit.add(listener);
  }

  private serialised<T>(work: () => Promise<T>): Promise<T> {
    if (this.inside?.getStore())
      throw new Error('a transaction is open here: pass its tx on instead of opening another');
    const turn = this.queue.then(() => (this.inside ? this.inside.run(true, work) : work()));
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  private async onSharedConnection<T>(work: (tx: Tx) => Promise<T>, isWanted: () => boolean): Promise<T> {
    if (!isWanted()) throw new NotBegun();
    await this.shared.query('BEGIN IMMEDIATE');
    try {
      const result = await work(Object.create(this.shared) as Tx);
      await this.shared.query('COMMIT');
      return result;
    } catch (error) {
      await this.shared.query('ROLLBACK');
      throw error;
    }
  }

  private async onOwnConnection<T>(work: (tx: Tx) => Promise<T>, isWanted: () => boolean): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const connection: PoolConnection = await runner.connect();
      if (!isWanted()) throw new NotBegun();
      // The connections' isolation level is set when they are made, which saves TypeORM's extra round trip here.
      await runner.startTransaction();
      const result = await work(managerOn(runner.manager, mysqlStatements(connection)));
      await runner.commitTransaction();
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }
}

const always = (): boolean => true;

function isRetryable(error: unknown): boolean {
  if (error instanceof Contended) return true;
  if (!(error instanceof QueryFailedError)) return false;
  const { errno, code } = error.driverError as { errno?: number; code?: string };
  return (errno !== undefined && RETRYABLE_ERRNOS.has(errno)) || code === 'SQLITE_BUSY';
}

/** Whether a statement failed because a primary or unique key is taken. */
export function isDuplicate(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { errno, code } = error.driverError as { errno?: number; code?: string };
  return (
    (errno !== undefined && DUPLICATE_ERRNOS.has(errno)) ||
    code === 'SQLITE_CONSTRAINT_PRIMARYKEY' ||
    code === 'SQLITE_CONSTRAINT_UNIQUE'
  );
}
