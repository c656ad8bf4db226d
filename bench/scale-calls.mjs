import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from './callback-report.mjs';
import { readOn } from './scale-reads.mjs';
import { callSteadily } from './steady-calls.mjs';

const BREAK_MS = 500;

/** Calls at a steady rate, undisturbed and while four readers go through all reads, in turns. */
export async function callsBesideReads(agent, server, reads, callers, { rate, seconds, turns }) {
  const seen = { calm: [], beside: [] };
  const missed = { calm: 0, beside: 0 };
  let readCount = 0;
  const call = async (how) => {
    const { tookMs, refused, failed } = await callSteadily(agent, server, rate, callers.take(rate * seconds));
    seen[how].push(...tookMs);
    missed[how] += refused + failed;
  };
  for (let turn = 0; turn < turns; turn++) {
    await call('calm');
    const stop = readOn(agent, server, reads);
    await call('beside');
    readCount += await stop();
    await delay(BREAK_MS);
  }
  const figures = (how) => ({
    p50Ms: percentile(seen[how], 0.5),
    p99Ms: percentile(seen[how], 0.99),
    missed: missed[how],
  });
  return {
    calm: figures('calm'),
    beside: figures('beside'),
    readCount,
    ratio: figures('beside').p99Ms / figures('calm').p99Ms,
  };
}
