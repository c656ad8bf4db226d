import { cpus, loadavg } from 'node:os';
import { columns } from './report.mjs';

export function machine() {
  const [processor] = cpus();
  return `${cpus().length} × ${processor?.model.trim() ?? 'processor'}, Node ${process.versions.node}, load average ${loadavg()[0].toFixed(1)} at the start`;
}

/** The value below which the given share lies; NaN when there is none. */
export function percentile(values, share) {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function say(text) {
  process.stderr.write(`  ${text}\n`);
}

export function table(rows) {
  process.stdout.write(`${columns(rows.map((row) => row.map(String))).join('\n')}\n\n`);
}

/** Prints what was promised beside what was seen; a broken promise is the exit code. */
export function promises(list) {
  table([
    ['promise', 'seen', ''],
    ...list.map(({ promise, seen, isKept }) => [promise, seen, isKept ? 'kept' : 'BROKEN']),
  ]);
  if (list.some(({ isKept }) => !isKept)) process.exitCode = 1;
}
