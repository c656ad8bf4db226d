import { DataSource } from 'typeorm';

/** TypeORM's connections, and what was opened beside them, which ends with them. */
export class Connections extends DataSource {
  /** Whether the server is a node of a Galera cluster. What is between one of its nodes and another: held-rows.ts. */
  isCluster = false;
  private readonly beside: (() => Promise<void>)[] = [];
  private awayUntil = 0;

  endWith(close: () => Promise<void>): void {
    this.beside.push(close);
  }

  /** From now on for so long, whatever is begun here is refused as by a server that is gone; 0 ends it. The simulator alone does this. */
  goAway(milliseconds: number): void {
    this.awayUntil = performance.now() + milliseconds;
  }

  /** Throws while the database is away on purpose. */
  refuseWhileAway(): void {
    if (performance.now() >= this.awayUntil) return;
    throw Object.assign(new Error('the database is away on purpose'), { code: 'ECONNREFUSED' });
  }

  override async destroy(): Promise<void> {
    await Promise.all(this.beside.splice(0).map((close) => close()));
    await super.destroy();
  }
}
