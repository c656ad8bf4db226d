import { describe, expect, it } from '@jest/globals';
import { simulate } from './simulation/simulate.js';

const CALLS = Number(process.env['SIMULATED_CALLS'] ?? 5000);
const SEED = Number(process.env['SIMULATION_SEED'] ?? 20260105);

describe('simulated calls', () => {
  it('x', async () => {
    const started = process.cpuUsage();
    const t0 = performance.now();
    const report = await simulate({ calls: CALLS, seed: SEED });
    const used = process.cpuUsage(started);
    process.stdout.write(report.text() + `\nwall ${Math.round(performance.now() - t0)} ms cpu ${(used.user + used.system) / 1000} ms\n`);
    expect(report.faultCount()).toBe(0);
  }, 600000);
});
