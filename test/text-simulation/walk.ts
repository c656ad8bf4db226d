import type { Database } from '../../src/platform/database/database.js';
import type { TextProduct } from './processes.js';
import { TextReport } from './report.js';
import { TextWorld } from './world.js';

export interface Walk {
  texts: number;
  seed: number;
  /** Breaks the product, to see whether that is noticed. */
  sabotage?: (product: TextProduct) => void;
  /** Told after each world: a long walk takes hours. */
  onWorld?: (report: TextReport) => void;
}

const TEXTS_PER_WORLD = 400;

/** Texts in many small worlds, one after the other on one database; a world's seed is in every fault that it reports. */
export async function walk(
  database: Database,
  { texts, seed, sabotage = () => undefined, onWorld = () => undefined }: Walk,
): Promise<TextReport> {
  const report = new TextReport();
  for (let ordinal = 0; report.texts < texts; ordinal += 1) {
    const wanted = Math.min(TEXTS_PER_WORLD, texts - report.texts);
    await new TextWorld(database, report, seed + ordinal * 7919, wanted, sabotage).run();
    onWorld(report);
  }
  return report;
}
