import type { PlivoClient } from '../../src/plivo/index.js';
import type { Database } from '../../src/platform/database/database.js';
import { billingOn } from '../support/billing.js';
import { textsOn } from '../support/text-world.js';
import type { TextWorld } from './world.js';

/** Where a process was killed nothing of it goes on. */
export class Killed extends Error {}

export type TextProduct = ReturnType<typeof productOn>;

/** The real use cases, with what counts their money. */
export function productOn(database: Database, world: TextWorld, plivo: Partial<PlivoClient>) {
  const texts = textsOn(database, world.clock, plivo);
  return { ...texts, billing: billingOn(database, texts as never) };
}

/** A process of the service: at any step of it, before or behind a transaction or a request, it may be killed; another one then takes its place. */
export class TextProcess {
  readonly product: TextProduct;
  private isDead = false;
  private die: () => void = () => undefined;
  private readonly death = new Promise<void>((resolve) => {
    this.die = resolve;
  });

  constructor(
    private readonly world: TextWorld,
    database: Database,
    plivo: Partial<PlivoClient>,
  ) {
    const killable = Object.assign(Object.create(database) as Database, {
      transaction: (...work: Parameters<Database['transaction']>) => this.around(() => database.transaction(...work)),
      // Nobody polls: the world says when jobs run.
      onCommit: () => undefined,
    });
    const verbs = Object.entries(plivo).map(([name, verb]) => [
      name,
      (...asked: unknown[]) => this.around(() => (verb as (...asked: unknown[]) => Promise<unknown>)(...asked)),
    ]);
    this.product = productOn(killable, world, Object.fromEntries(verbs) as Partial<PlivoClient>);
  }

  /** Until it is done, or the process is dead. */
  async while(work: Promise<unknown>): Promise<void> {
    try {
      await Promise.race([work, this.death]);
    } catch (error) {
      if (!(error instanceof Killed)) this.world.crashed(error);
    }
    work.catch(() => undefined);
  }

  private async around<T>(work: () => Promise<T>): Promise<T> {
    this.step();
    try {
      return await work();
    } finally {
      this.step();
    }
  }

  private step(): void {
    if (!this.isDead && this.world.network.fails(this.world.deadliness)) {
      this.isDead = true;
      this.die();
      // What it held is anybody's when its leases are over.
      void this.product.jobs.stop(0);
      this.world.bury(this);
    }
    if (this.isDead) throw new Killed();
  }
}
