import { migrate, openDatabase } from '../../src/data-source.js';
import { Database } from '../../src/platform/database/database.js';
import { clearSessions } from '../support/ground.js';
import { type Fault, Report } from './report.js';
import { World, type Product } from './world.js';

export interface Simulation {
  calls: number;
  seed: number;
  /** Breaks the product, to see whether that is noticed. */
  sabotage?: (product: Product, database: Database) => void;
  /** Ends the run at the first fault of this kind. */
  stopsAt?: Fault;
}

const CALLS_PER_WORLD = 400;

/**
 * Calls in many small worlds, one after the other on one database. A world's seed is in every fault that it reports: with that seed and one
 * world's calls it happens again.
 */
export async function simulate({ calls, seed, sabotage, stopsAt }: Simulation): Promise<Report> {
  const report = new Report(seed);
  const dataSource = await openDatabase({ kind: 'sqlite', file: ':memory:' });
  // Refusals by key, such as a leg that is there already, are errors by the thousand; nobody reads their stacks.
  const stackDepth = Error.stackTraceLimit;
  try {
    await migrate(dataSource);
    const database = new Database(dataSource);
    Error.stackTraceLimit = 0;
    const isOver = (): boolean => stopsAt !== undefined && report.faults.has(stopsAt);
    for (let ordinal = 0; report.calls < calls && !isOver(); ordinal++) {
      await clearSessions(database);
      const wanted = Math.min(CALLS_PER_WORLD, calls - report.calls);
      const world = new World(database, report, seed + ordinal * 7919, wanted, isOver);
      sabotage?.(world.product, database);
      await world.run();
    }
  } finally {
    Error.stackTraceLimit = stackDepth;
    await dataSource.destroy();
  }
  return report;
}
