import type { Connection } from './connection.js';

/** Of all receivers together. */
const MAX_IDLE = 256;
const MAX_IDLE_PER_ORIGIN = 32;

/** Connections that wait for another request to the same receiver. The one used last is used first, so that the others may end. */
export class IdleConnections {
  /** In the order in which they became idle. */
  private readonly all = new Set<Connection>();
  private readonly byOrigin = new Map<string, Connection[]>();

  get size(): number {
    return this.all.size;
  }

  take(origin: string): Connection | null {
    for (;;) {
      const connection = this.byOrigin.get(origin)?.at(-1);
      if (connection === undefined) return null;
      this.remove(connection);
      if (connection.isUsable) return connection;
      connection.destroy();
    }
  }

  keep(connection: Connection): void {
    if (!connection.isUsable) {
      connection.destroy();
      return;
    }
    const same = this.byOrigin.get(connection.origin) ?? [];
    same.push(connection);
    this.byOrigin.set(connection.origin, same);
    this.all.add(connection);
    if (same.length > MAX_IDLE_PER_ORIGIN) this.drop(same[0]);
    if (this.all.size > MAX_IDLE) this.drop(this.all.values().next().value);
  }

  /** Forgets a connection that is in use again or closed. */
  remove(connection: Connection): void {
    if (!this.all.delete(connection)) return;
    const same = this.byOrigin.get(connection.origin)?.filter((other) => other !== connection) ?? [];
    if (same.length === 0) this.byOrigin.delete(connection.origin);
    else this.byOrigin.set(connection.origin, same);
  }

  private drop(connection: Connection | undefined): void {
    if (connection === undefined) return;
    this.remove(connection);
    connection.destroy();
  }
}
