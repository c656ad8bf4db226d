import { DataSource } from 'typeorm';

/** TypeORM's connections, and what was opened beside them, which ends with them. */
export class Connections extends DataSource {
  private readonly beside: (() => Promise<void>)[] = [];

  endWith(close: () => Promise<void>): void {
    this.beside.push(close);
  }

  override async destroy(): Promise<void> {
    await Promise.all(this.beside.splice(0).map((close) => close()));
    await super.destroy();
  }
}
