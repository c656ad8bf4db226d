import { nextTick } from 'node:process';
import type { PoolConnection, QueryError, ResultSetHeader, RowDataPacket } from 'mysql2';
import { QueryFailedError } from 'typeorm';
import { bindable, mysqlStatements, type Outcome, outcomeOf, type RunStatement } from './statements.js';
import { Contended, isDuplicate, TransactionOver } from './transaction.js';

interface Asked {
  sql: string;
  parameters: unknown[];
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
  /** Nobody waits for it: when it fails, the transaction does. */
  isLate: boolean;
}

/**
 * What one transaction sends to MySQL, in as few trips as its own order allows. Statements that are asked for before any of them is awaited travel
 * together, as one text; late ones wait for the next that somebody awaits, or for the commit. A trip costs both programs some 100 us of processor time, and with a
 * database milliseconds away it is all that an answer waits for.
 *
 * On a cluster each statement travels alone. There MariaDB 10.11.19 may undo what a text's first statements did, because a commit of another node is in
 * their way, run the rest all the same, and commit it: one in some thousand texts under contention (docs/scaling.md).
 *
 * The server runs a text's statements one by one and stops at the first that fails. What stands behind a taken key is sent again, as it would have been
 * had each travelled alone; behind any other failure nothing is.
 */
export class MysqlTrips {
  private waiting: Asked[] = [];
  private isOnTheWay = false;
  private hasSent = false;
  private broken: { by: unknown } | null = null;
  private isOver = false;
  private isUndone = false;
  private readonly alone: RunStatement;

  /** `isOneByOne`: each statement is sent by itself, in the same order and with the same outcome. */
  constructor(
    private readonly connection: PoolConnection,
    private readonly isOneByOne = false,
  ) {
    this.alone = mysqlStatements(connection);
  }

  readonly run: RunStatement = (sql, parameters) =>
    new Promise((resolve, reject) => {
      if (this.isOver) throw new TransactionOver();
      this.waiting.push({ sql, parameters, resolve, reject, isLate: false });
      this.setOut();
    });

  readonly late: RunStatement = async (sql, parameters) => {
    if (this.isOver) throw new TransactionOver();
    this.waiting.push({ sql, parameters, resolve: ignore, reject: ignore, isLate: true });
    return NOTHING_YET;
  };

  /** With what is still late. A connection that has sent nothing has no transaction to end. */
  async commit(): Promise<void> {
    if (this.broken) throw this.broken.by;
    const isEmpty = !this.hasSent && this.waiting.length === 0;
    const committed = isEmpty ? NOTHING_YET : this.run('COMMIT', []);
    this.isOver = true;
    await committed;
  }

  /** Behind whatever is on its way. A branch of the work that still runs is told so, instead of speaking in the connection's next transaction. */
  async rollBack(): Promise<void> {
    this.isOver = true;
    this.isUndone = true;
    for (const { reject } of this.waiting.splice(0)) reject(new TransactionOver());
    if (this.hasSent) await this.alone('ROLLBACK', []);
  }

  private setOut(): void {
    if (this.isOnTheWay) return;
    this.isOnTheWay = true;
    // After all that this turn has still to say: statements of other branches join the trip.
    nextTick(() => void this.send());
  }

  private async send(): Promise<void> {
    const trip = this.waiting;
    this.waiting = [];
    // All of it was called off in the meantime.
    if (trip.length === 0) {
      this.isOnTheWay = false;
      return;
    }
    this.hasSent = true;
    if (this.broken) for (const { reject } of trip) reject(this.broken.by);
    else if (trip.length === 1 && trip[0]) await this.sendAlone(trip[0]);
    else if (this.isOneByOne) await this.sendOneByOne(trip);
    else await this.sendTogether(trip);
    this.isOnTheWay = false;
    if (this.waiting.some(({ isLate }) => !isLate)) this.setOut();
  }

  private async sendAlone(asked: Asked): Promise<void> {
    await this.alone(asked.sql, asked.parameters).then(asked.resolve, (error: unknown) => this.fail(asked, error));
  }

  private async sendOneByOne(trip: Asked[]): Promise<void> {
    let failure: { by: unknown } | null = null;
    for (const asked of trip) {
      if (failure !== null) {
        this.fail(asked, failure.by);
        continue;
      }
      try {
        asked.resolve(await this.alone(asked.sql, asked.parameters));
      } catch (error) {
        this.fail(asked, error);
        failure = this.broken ?? (isDuplicate(error) ? null : { by: error });
      }
    }
  }

  private async sendTogether(trip: Asked[]): Promise<void> {
    const { outcomes, error } = await this.ask(trip);
    for (const [place, outcome] of outcomes.entries()) trip[place]?.resolve(outcome);
    if (error === null) return;
    const [failed, ...behind] = trip.slice(outcomes.length);
    if (!failed) throw new Error('more results came than statements were sent');
    const failure = new QueryFailedError(failed.sql, failed.parameters, error);
    this.fail(failed, failure);
    if (this.broken === null && isDuplicate(failure) && !this.isUndone) {
      this.waiting = [...behind, ...this.waiting];
      return;
    }
    for (const asked of behind) this.fail(asked, this.broken?.by ?? failure);
  }

  private fail(asked: Asked, error: unknown): void {
    // After a deadlock nothing of the transaction is left: what was sent or swallowed behind it must not be committed.
    if (!isDuplicate(error)) this.broken ??= { by: error };
    else if (asked.isLate) this.broken ??= { by: new Contended() };
    asked.reject(error);
  }

  private ask(trip: Asked[]): Promise<{ outcomes: Outcome[]; error: QueryError | null }> {
    const sql = trip.map((asked) => asked.sql).join('; ');
    const values = trip.flatMap((asked) => asked.parameters.map(bindable));
    return new Promise((resolve) => {
      const query = this.connection.query({ sql, values }, (error, results) => {
        if (!error) resolve({ outcomes: (results as Result[]).map(outcomeOf), error: null });
        else resolve({ outcomes: completeOf(query).map(outcomeOf), error });
      });
    });
  }
}

type Result = RowDataPacket[] | ResultSetHeader;

/** What had come whole before a statement failed; mysql2 tells its callback of the failure alone. mysql-trips.spec.ts holds it to these two fields. */
function completeOf(query: object): Result[] {
  const { _rows, _resultIndex } = query as { _rows: Result[]; _resultIndex: number };
  return _rows.slice(0, _resultIndex);
}

const NOTHING_YET = Promise.resolve<Outcome>({ rows: [], affected: 0 });

const ignore = (): void => undefined;
