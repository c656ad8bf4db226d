import type { Connection } from 'mysql2';
import type { EntityManager } from 'typeorm';
import type { Connections } from '../database/connections.js';
import { mysqlDriver } from '../database/mysql-driver.js';
import { connectionOptions } from '../database/mysql-transactions.js';
import { managerOn, mysqlStatements } from '../database/statements.js';
import { within } from '../within.js';

/**
 * A connection of its own, so that a beat never waits behind a flood of requests for one of the pool's: a process that is only busy would be taken for
 * dead. Work that takes longer than `limitMs` costs the connection: after an outage the old one may be silent for a minute more, until TCP tries again.
 */
export class LoneConnection {
  private open: { connection: Connection; manager: EntityManager } | null = null;

  constructor(
    private readonly dataSource: Connections,
    private readonly limitMs: number,
  ) {}

  async run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    this.dataSource.refuseWhileAway();
    const { manager } = (this.open ??= this.connect());
    try {
      return await within(this.limitMs, work(manager), () => {
        throw new Error(`the database took longer than ${this.limitMs} ms`);
      });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.open?.connection.destroy();
    this.open = null;
  }

  private connect(): { connection: Connection; manager: EntityManager } {
    const connection = mysqlDriver().createConnection({
      ...connectionOptions(this.dataSource),
      connectTimeout: this.limitMs,
    });
    // The statement that was under way is told too; without a listener a cut connection would end the process.
    connection.on('error', () => undefined);
    const run = mysqlStatements(connection);
    return { connection, manager: managerOn(this.dataSource.manager, run, run) };
  }
}
