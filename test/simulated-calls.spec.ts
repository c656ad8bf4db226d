import { describe, expect, it } from '@jest/globals';
import { PLANTED_BUGS } from './simulation/planted-bugs.js';
import { simulate } from './simulation/simulate.js';

/** SIMULATED_CALLS=100000 is the full run; any number above 5000 takes about 3 ms of one core a call. */
const CALLS = Number(process.env['SIMULATED_CALLS'] ?? 5000);
const SEED = Number(process.env['SIMULATION_SEED'] ?? 20260105);
const SMALL_RUN = 5000;

describe('simulated calls', () => {
  it(
    `reach the right people and nobody else, ${CALLS} times`,
    async () => {
      const before = process.cpuUsage();
      const report = await simulate({ calls: CALLS, seed: SEED });
      const { user, system } = process.cpuUsage(before);

      process.stdout.write(`${report.text()}\n${((user + system) / 1e6).toFixed(1)} s of processor time\n`);
      expect(report.details).toEqual([]);
      expect(report.calls).toBeGreaterThanOrEqual(CALLS);
      expect(report.outcomes.get('connect') ?? 0).toBeGreaterThan(CALLS / 4);
    },
    Math.max(60_000, CALLS * 30),
  );

  /** Worlds that once disagreed with the model: a party who was the last caller too rang its own number. */
  it.each([20711488, 21669687])('reach the right people in world %d', async (seed) => {
    const report = await simulate({ calls: 400, seed });
    expect(report.details).toEqual([]);
  });

  it('are the same calls when the seed is the same', async () => {
    const one = await simulate({ calls: 400, seed: 7 });
    const again = await simulate({ calls: 400, seed: 7 });
    const other = await simulate({ calls: 400, seed: 8 });

    expect([again.fingerprint, [...again.outcomes]]).toEqual([one.fingerprint, [...one.outcomes]]);
    expect(other.fingerprint).not.toBe(one.fingerprint);
  });

  it.each(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))(
    'tell when %s',
    async (_name, { shows, plant }) => {
      const report = await simulate({ calls: SMALL_RUN, seed: SEED, sabotage: plant, stopsAt: shows });

      expect(report.faults.get(shows) ?? 0).toBeGreaterThan(0);
    },
    60_000,
  );
});
