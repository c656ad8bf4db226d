import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Unavailable } from '../errors.js';
import { spanned } from '../tracing/spans.js';
import type { Connections } from './connections.js';
import { isRetryable, type Tx, type Waits } from './transaction.js';
import { readSnapshot } from './mysql-snapshots.js';
import { MysqlTransactions } from './mysql-transactions.js';
import { Room } from './room.js';
import { ReadingThreads } from './reading-threads.js';
import { SqliteCheckpoints } from './sqlite-checkpoints.js';
import { SqliteCommits } from './sqlite-commits.js';
import { openReader } from './sqlite-reader.js';
import { atOnce, managerOn, managerOver, mysqlPool, mysqlStatements, sqliteStatements } from './statements.js';
import type { Turns } from './turns.js';

export { Contended, isDuplicate, NotBegun, type Tx } from './transaction.js';
export { change, late } from './statements.js';

/**
 * Conflicts are settled by keys, so each one means that somebody else got on; with 64 creators on ten numbers the most repeats seen was below 20.
 * Whoever still meets one after this is told to come back: nobody waits for ever, and an idempotency key's lease of 30 s is not outlived. The last
 * repeat may wait for a lock for another two seconds (data-source.ts).
 */
const REPEAT_FOR_MS = 3_000;
const LONGEST_PAUSE_MS = 40;

/**
 * The databases in whose transactions somebody is, where nesting is watched. One for all: each that was ever used costs every promise of the process a look, for
 * as long as the process lives.
 */
const inside = new AsyncLocalStorage<readonly Database[]>();

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
   * Stands behind the table in a statement by a list of ids: MariaDB reads a small table whole instead, and then waits for rows that
   * unrelated transactions hold. SQLite prefers any index of one value to a list of two and more ids, were it that of all live sessions:
   * a plus before the other column (`+status = ?`) keeps it from that.
   */
  readonly byPrimaryKey: '' | 'FORCE INDEX (PRIMARY)';
  private readonly watchNesting: boolean;
  private readonly transactions: Ways['transactions'];
  private readonly reads: Ways['read'];
  private readonly browsing: Ways['browse'];
  private readonly afterCommit = new Set<(tx: Tx) => void>();
  readonly room: Room;

  private readonly repeatForMs: number;

  /** `watchNesting` tells a transaction opened inside another, which waits for itself for ever; it costs 2 % of a request, so only tests watch. */
  constructor(
    readonly dataSource: Connections,
    { watchNesting = false, repeatForMs = REPEAT_FOR_MS }: { watchNesting?: boolean; repeatForMs?: number } = {},
  ) {
    this.repeatForMs = repeatForMs;
    this.isSqlite = dataSource.options.type === 'better-sqlite3';
    this.byPrimaryKey = this.isSqlite ? '' : 'FORCE INDEX (PRIMARY)';
    this.forShare = this.isSqlite ? '' : 'LOCK IN SHARE MODE';
    this.watchNesting = watchNesting;
    this.forUpdate = this.isSqlite ? '' : 'FOR UPDATE';
    this.forUpdateSkipLocked = this.isSqlite ? '' : 'FOR UPDATE SKIP LOCKED';
    const ways = this.isSqlite ? this.onSqlite() : this.onMysql();
    this.transactions = ways.transactions;
    this.reads = ways.read;
    this.browsing = ways.browse;
    this.room = new Room(fileOf(dataSource), (work) => this.transaction(work));
  }

  /** Stands behind a table and its alias in a SELECT that this index is made for, where it must not be left to statistics that SQLite does not have. */
  byIndex(name: string): string {
    return this.isSqlite ? `INDEXED BY ${name}` : `FORCE INDEX (${name})`;
  }

  /**
   * How a DELETE by values of an index begins: on a small table MariaDB reads every row for `IN (...)` instead, and then waits for rows that unrelated
   * transactions hold.
   */
  deleteFrom(table: string, index = 'PRIMARY'): string {
    if (!this.isSqlite) return `DELETE ${table} FROM ${table} FORCE INDEX (${index})`;
    return `DELETE FROM ${table}${index === 'PRIMARY' ? '' : ` INDEXED BY ${index}`}`;
  }

  /**
   * Runs `work` in a transaction (READ COMMITTED) and commits it; the only way to write. Deadlocks, lock waits and `Contended` run the work
   * again from its start in a new transaction, so `work` must do nothing but talk to the database; that ends with `Unavailable` after 5 s. So does a COMMIT that a
   * cluster refuses, of which nothing was kept. Any other error at COMMIT is not repeated: its outcome is unknown.
   *
   * Transactions wait for their turn: for the one writing connection of SQLite, where those that wait are committed together, or for one of the pool's.
   */
  async transaction<T>(
    work: (tx: Tx) => Promise<T>,
    { isWanted = always, isCall = false }: Partial<Waits> = {},
  ): Promise<T> {
    let begunAt: number | null = null;
    const isWantedNow = (): boolean => {
      // Waiting for one's turn is no conflict.
      begunAt ??= performance.now();
      return isWanted();
    };
    const watched = this.watchNesting
      ? (tx: Tx): Promise<T> => inside.run([...(inside.getStore() ?? []), this], () => work(tx))
      : work;
    this.refuseNesting();
    return spanned('database.transaction', {}, async (span) => {
      for (let attempt = 1; ; attempt++) {
        try {
          this.dataSource.refuseWhileAway();
          return await this.transactions.run(watched, { isWanted: isWantedNow, isCall });
        } catch (error) {
          this.room.note(error);
          if (!isRetryable(error)) throw error;
          if (begunAt !== null && performance.now() - begunAt >= this.repeatForMs)
            throw new Unavailable('too many simultaneous changes, try again', { retryAfterSeconds: 1 });
          span.setAttribute('database.attempts', attempt + 1);
          await delay(Math.random() * Math.min(attempt * 2, LONGEST_PAUSE_MS));
        }
      }
    });
  }

  /** Reads committed rows only. For what decides about a call, a session or a request, and is found by a key. */
  async read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    this.refuseNesting();
    this.dataSource.refuseWhileAway();
    return this.reads(work);
  }

  /**
   * Reads for people and for background work: lists, searches, figures, exports, pages of a recount. Sees committed rows of one instant, perhaps
   * an older one than a commit of just now. Nothing that decides about a call or a session is read here.
   */
  async browse<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    this.refuseNesting();
    this.dataSource.refuseWhileAway();
    return this.browsing(work);
  }

  /** How long a transaction that is asked for now will wait for its turn, in milliseconds; 0 when nobody waits. */
  get waitMs(): number {
    return this.transactions.turns.waitMs;
  }

  /** Calls `listener` with each transaction of this process once it is committed: how waiting workers learn of new work without polling. Returns what ends it. */
  onCommit(listener: (tx: Tx) => void): () => void {
    this.afterCommit.add(listener);
    return () => this.afterCommit.delete(listener);
  }

  /** On SQLite such a transaction would wait for itself, and such a read not see what it is meant to. */
  private refuseNesting(): void {
    if (this.isSqlite && inside.getStore()?.includes(this))
      throw new Error('a transaction is open here: pass its tx on instead of opening another');
  }

  private readonly tellOfCommit = (tx: Tx): void => {
    for (const listener of this.afterCommit) listener(tx);
  };

  /** One connection writes. What is in memory has no other; a file is read beside it, here for what decides and in threads for those who look. */
  private onSqlite(): Ways {
    const { database: file } = this.dataSource.options as { database: string };
    const run = sqliteStatements(this.dataSource.createQueryRunner().connect());
    const checkpoints = file === ':memory:' ? null : new SqliteCheckpoints(this.dataSource, file, run);
    const writer = managerOn(this.dataSource.manager, run, atOnce(run));
    const commits = new SqliteCommits(writer, run, this.tellOfCommit, checkpoints);
    const transactions = { run: commits.transaction.bind(commits) as RunTransaction, turns: commits.turns };
    if (file === ':memory:') {
      const read = commits.read.bind(commits) as Ways['read'];
      return { transactions, read, browse: read };
    }
    const reader = sqliteStatements(openReader(this.dataSource, file));
    const manager = managerOn(managerOver(this.dataSource, reader), reader, reader);
    const threads = new ReadingThreads(this.dataSource, file);
    return { transactions, read: (work) => work(manager), browse: (work) => threads.read(work) };
  }

  private onMysql(): Ways {
    const pool = mysqlPool(this.dataSource);
    const run = mysqlStatements(pool);
    const manager = managerOn(this.dataSource.manager, run, run);
    const mysql = new MysqlTransactions(this.dataSource, this.tellOfCommit);
    return {
      transactions: mysql,
      read: (work) => work(manager),
      browse: (work) => readSnapshot(this.dataSource, pool, work),
    };
  }
}

/** Of SQLite on a disk; null for all else. */
function fileOf({ options }: Connections): string | null {
  if (options.type !== 'better-sqlite3') return null;
  return options.database === ':memory:' ? null : options.database;
}

type RunTransaction = <T>(work: (tx: Tx) => Promise<T>, waits: Waits) => Promise<T>;

interface Ways {
  transactions: { run: RunTransaction; turns: Turns };
  read: <T>(work: (manager: EntityManager) => Promise<T>) => Promise<T>;
  browse: Ways['read'];
}

const always = (): boolean => true;
