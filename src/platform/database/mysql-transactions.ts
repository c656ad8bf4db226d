import type { ConnectionOptions, Pool, PoolConnection, SslOptions } from 'mysql2';
import type { DataSource, EntityManager } from 'typeorm';
import type { Connections } from './connections.js';
import { connectionOf, mysqlDriver } from './mysql-driver.js';
import { NotBegun, type Tx, type Waits } from './transaction.js';
import { MysqlTrips } from './mysql-trips.js';
import { managerOn, managerOver } from './statements.js';
import { Turns } from './turns.js';

/**
 * A connection for every transaction that runs. With a database 2 to 4 ms away one is held for some 10 ms an answer. TypeORM's own pool, for reads alone,
 * has 8 more, so that a process takes 32 of the 151 that a server gives by default.
 */
const CONNECTIONS = 24;

/**
 * A connection is always in a transaction, so none has to be begun. `sql_mode` is set for what a text with values in it rests on: that a backslash escapes.
 * The others are those of every connection (data-source.ts).
 */
const AT_CONNECTING = `SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
SET SESSION innodb_lock_wait_timeout = 2, autocommit = 0, sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'`;

/** What every connection beside TypeORM's own is opened with; the same as those are (data-source.ts). */
export function connectionOptions(dataSource: DataSource): ConnectionOptions {
  const { url, ssl } = dataSource.options as { url: string; ssl?: SslOptions };
  return {
    ...(ssl && { ssl }),
    uri: url.replace(/^mariadb:/, 'mysql:'),
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: false,
  };
}

/** TypeORM's way to a connection, made once for each: it costs more than a statement. */
interface Desk {
  manager: EntityManager;
  /** Of the transaction that runs. */
  trips: MysqlTrips;
}

/** Transactions on MySQL, on connections of their own: TypeORM's would begin each with a trip, and send one statement a trip. */
export class MysqlTransactions {
  private readonly pool: Pool;
  readonly turns = new Turns();
  private readonly desks = new WeakMap<PoolConnection, Desk>();

  constructor(
    private readonly dataSource: Connections,
    private readonly afterCommit: (tx: Tx) => void,
  ) {
    this.pool = mysqlDriver().createPool({
      ...connectionOptions(dataSource),
      connectTimeout: 5_000,
      connectionLimit: CONNECTIONS,
      // Prepared statements kept per connection; a server has room for 16,382 of all its clients.
      maxPreparedStatements: 200,
      multipleStatements: true,
    });
    this.pool.on('connection', (connection) =>
      // Nothing is sent on one that is not as it has to be.
      connection.query(AT_CONNECTING, (error) => (error ? connection.destroy() : undefined)),
    );
    dataSource.endWith(() => this.pool.promise().end());
  }

  /** `isWanted` is asked when a connection is there. */
  async run<T>(work: (tx: Tx) => Promise<T>, { isWanted }: Pick<Waits, 'isWanted'>): Promise<T> {
    const connection = await this.connect();
    let isClean = true;
    try {
      if (!isWanted()) throw new NotBegun();
      const trips = new MysqlTrips(connection, this.dataSource.isCluster);
      const { manager } = this.desk(connection, trips);
      isClean = false;
      try {
        const tx = managerOn(manager, trips.run, trips.late);
        const result = await work(tx);
        await trips.commit();
        isClean = true;
        this.afterCommit(tx);
        return result;
      } catch (error) {
        isClean = await trips.rollBack().then(
          () => true,
          () => false,
        );
        throw error;
      }
    } finally {
      // What was not rolled back by us is rolled back by the server when the connection goes.
      this.turns.end(1);
      if (isClean) connection.release();
      else connection.destroy();
    }
  }

  private connect(): Promise<PoolConnection> {
    this.turns.join();
    return connectionOf(this.pool).finally(() => this.turns.leave());
  }

  private desk(connection: PoolConnection, trips: MysqlTrips): Desk {
    const known = this.desks.get(connection);
    if (known) return Object.assign(known, { trips });
    const desk: Desk = {
      manager: managerOver(this.dataSource, (sql, parameters) => desk.trips.run(sql, parameters)),
      trips,
    };
    this.desks.set(connection, desk);
    return desk;
  }
}
