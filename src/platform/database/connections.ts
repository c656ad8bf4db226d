import { DataSource } from 'typeorm';

/** TypeORM's connections, and what was opened beside them, which ends with them. */
export class Connections extends DataSource {
  /** Whether the server is a node of a Galera cluster. What is between one of its nodes and another: held-rows.ts. */
  isCluster = false;
  private readonly beside: (() => Promise<void>)[] = [];

  endWith(close: () => Promise<void>): void {
    this.beside.push(close);
  }

  override async destroy(): Promise<void> {
    await Promise.all(this.beside.splice(0).map((close) => close()));
    await super.destroy();
  }
}
