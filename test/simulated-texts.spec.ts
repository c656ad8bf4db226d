import { beforeAll, expect, it } from '@jest/globals';
import type { Database } from '../src/platform/database/database.js';
import { describeOnEachDatabase } from './support/database.js';
import { PLANTED_TEXT_BUGS } from './text-simulation/planted-bugs.js';
import { walk } from './text-simulation/walk.js';

/** SIMULATED_TEXTS=100000 is the full run; it tells after each world how far it is. */
const ASKED = process.env['SIMULATED_TEXTS'];
const TEXTS = Number(ASKED ?? 400);
const SEED = Number(process.env['SIMULATION_SEED'] ?? 20261130);
const SMALL_WALK = 400;
const MOST_WALKS = 5;

describeOnEachDatabase('simulated texts', (open, kind) => {
  let database: Database;

  beforeAll(async () => {
    ({ database } = await open());
  });

  it(
    `reach the right people once, and are told, paid and forgotten, ${TEXTS} times`,
    async () => {
      const spent = (): string => {
        const { user, system } = process.cpuUsage();
        return `${((user + system) / 1e6).toFixed(0)} s of processor time`;
      };
      const report = await walk(database, {
        texts: TEXTS,
        seed: SEED,
        ...(ASKED && { onWorld: (one) => process.stdout.write(`${kind}: ${one.text()}\n${spent()}\n`) }),
      });
      expect(report.details).toEqual([]);
      expect(report.texts).toBeGreaterThanOrEqual(TEXTS);
      // Said of a walk in which hardly anybody was written to: of 59 worlds of 400 texts 110 arrived in the one with the fewest, 180 in the middle one.
      expect(report.arrived).toBeGreaterThan(TEXTS / 5);
    },
    Math.max(300_000, TEXTS * 1000),
  );

  if (ASKED || kind !== 'sqlite') return;
  it.each(PLANTED_TEXT_BUGS.map((bug) => [bug.name, bug] as const))(
    'tell when %s',
    async (_name, { shows, plant }) => {
      let faults = 0;
      // Which of several jobs comes first is no choice of the seed: a walk may go by without showing it.
      for (let walked = 0; faults === 0 && walked < MOST_WALKS; walked += 1) {
        const report = await walk(database, { texts: SMALL_WALK, seed: SEED + walked, sabotage: plant });
        faults = report.faults.get(shows) ?? 0;
      }
      expect(faults).toBeGreaterThan(0);
    },
    300_000,
  );
});
