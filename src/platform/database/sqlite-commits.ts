import { AsyncResource } from 'node:async_hooks';
import { setImmediate as immediate } from 'node:timers';
import type { EntityManager } from 'typeorm';
import type { SqliteCheckpoints } from './sqlite-checkpoints.js';
import { NotBegun, TransactionOver, type Tx, type Waits } from './transaction.js';
import { Turns } from './turns.js';
import { atOnce, managerOn, type RunStatement } from './statements.js';

/**
 * Transactions that wait are run one after the other in one commit. Its price, most of it the wait for the disk, was more than half of an answer's
 * processor time; beyond this many nothing more was gained, and the first of them would wait longer for its commit.
 */
const MOST_TOGETHER = 32;
/** Whoever came first waits for the commit of all: no further one is begun after this. */
const LONGEST_MS = 12;
/** So long calls go before what came earlier; then it has its turn like them, so that a rush of calls does not keep all other work from being done. */
const PATIENCE_MS = 50;

interface Waiting extends Waits {
  /** A read of what is committed stands between two commits, where there is no second connection that could see just that. */
  kind: 'transaction' | 'read';
  work: (tx: Tx) => Promise<unknown>;
  since: number;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
}

/** The one writing connection of SQLite: whoever wants it waits here for a turn. */
export class SqliteCommits {
  private waiting: Waiting[] = [];
  private calls = 0;
  private isAtWork = false;
  readonly turns = new Turns();

  constructor(
    private readonly connection: EntityManager,
    private readonly run: RunStatement,
    private readonly afterCommit: (tx: Tx) => void,
    /** Null in memory, where there is no log. */
    private readonly checkpoints: SqliteCheckpoints | null = null,
  ) {}

  /**
   * Runs `work` in a transaction of its own: when it fails, it alone is undone. Nobody is told of an end, good or bad, before it is on the disk: a
   * refusal may rest on what another of the same commit has written.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, waits: Waits): Promise<T> {
    return this.turn('transaction', work, waits);
  }

  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.turn('read', work, { isWanted: () => true, isCall: false });
  }

  private turn<T>(kind: Waiting['kind'], work: (tx: Tx) => Promise<T>, { isWanted, isCall }: Waits): Promise<T> {
    return new Promise((resolve, reject) => {
      this.turns.join();
      // It runs in the turn of whoever came first; what is told of it belongs to who asked for it.
      // Not by AsyncResource.bind, which in Node 20 prepares a warning for each function: 24 us of an answer's processor time.
      const asker = new AsyncResource('Transaction');
      const asked = (tx: Tx): Promise<T> => asker.runInAsyncScope(work, null, tx);
      const settled = { resolve: resolve as (result: unknown) => void, reject };
      this.waiting.push({ kind, work: asked, isWanted, isCall, since: performance.now(), ...settled });
      if (isCall) this.calls += 1;
      if (this.isAtWork) return;
      this.isAtWork = true;
      // Requests that have arrived together are read first, so that they find each other here.
      immediate(() => void this.workOff());
    });
  }

  private async workOff(): Promise<void> {
    while (this.waiting.length > 0) {
      if (this.waiting[0]?.kind === 'read') await this.readNext();
      else await this.commitTogether();
      // Sockets and timers have their turn between two commits.
      if (this.waiting.length > 0) await new Promise((resolve) => immediate(resolve));
    }
    this.isAtWork = false;
  }

  private async readNext(): Promise<void> {
    const { work, resolve, reject } = this.next();
    try {
      resolve(await work(this.connection));
    } catch (error) {
      reject(error);
    }
  }

  private async commitTogether(): Promise<void> {
    const startedAt = performance.now();
    const ended: (() => void)[] = [];
    const failed: ((error: unknown) => void)[] = [];
    let hasBegun = false;
    let hasCall = false;
    try {
      while (ended.length < MOST_TOGETHER && performance.now() - startedAt < LONGEST_MS) {
        const next = this.takeTransaction(hasCall);
        if (next === null) break;
        hasCall ||= next.isCall;
        failed.push(next.reject);
        if (!hasBegun) await this.connection.query('BEGIN IMMEDIATE');
        hasBegun = true;
        ended.push(await this.undoneAlone(next));
      }
      if (!hasBegun) return;
      await this.connection.query('COMMIT');
    } catch (error) {
      // Some faults, a full disk for one, undo the whole of it; then there is nothing left to roll back.
      if (hasBegun) await this.connection.query('ROLLBACK').catch(() => undefined);
      for (const reject of failed) reject(error);
      return;
    }
    this.turns.end(ended.length);
    for (const settle of ended) settle();
    await this.checkpoints?.afterCommit();
  }

  private next(place = 0): Waiting {
    this.turns.leave();
    const [next] = this.waiting.splice(place, 1) as [Waiting];
    if (next.isCall) this.calls -= 1;
    return next;
  }

  /** The next one that somebody still wants, as long as no read stands before it. A call waits for the commit of other calls, not of what came while it was answered. */
  private takeTransaction(isCallAlone: boolean): Waiting | null {
    for (;;) {
      const place = this.placeOfNext();
      if (place === null || (isCallAlone && this.waiting[place]?.isCall === false)) return null;
      const next = this.next(place);
      if (next.isWanted()) return next;
      next.reject(new NotBegun());
    }
  }

  /** Never behind somebody who came later, but for a call. */
  private placeOfNext(): number | null {
    const [first] = this.waiting;
    if (first?.kind !== 'transaction') return null;
    if (this.calls === 0 || first.isCall || performance.now() - first.since > PATIENCE_MS) return 0;
    const place = this.waiting.findIndex(({ kind, isCall }) => isCall || kind === 'read');
    return this.waiting[place]?.isCall === true ? place : 0;
  }

  private async undoneAlone({ work, resolve, reject }: Waiting): Promise<() => void> {
    await this.connection.query('SAVEPOINT one');
    let isOver = false;
    const run: RunStatement = (sql, parameters) =>
      isOver ? Promise.reject(new TransactionOver()) : this.run(sql, parameters);
    const tx = managerOn(this.connection, run, atOnce(run));
    try {
      const result = await work(tx);
      isOver = true;
      await this.connection.query('RELEASE one');
      return () => {
        resolve(result);
        this.afterCommit(tx);
      };
    } catch (error) {
      isOver = true;
      await this.connection.query('ROLLBACK TO one').catch(() => {
        throw error;
      });
      await this.connection.query('RELEASE one');
      return () => reject(error);
    }
  }
}
