import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';

const ROOT = new URL('../..', import.meta.url).pathname;
const FILE = `${ROOT}deploy/prometheus/alerts.yml`;

export interface AlertRule {
  alert: string;
  expr: string;
  forSeconds: number;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

interface Written {
  groups: { rules: (Omit<AlertRule, 'forSeconds'> & { for?: string })[] }[];
}

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The rules that operators are given. */
export function alertRules(): AlertRule[] {
  const { groups } = load(readFileSync(FILE, 'utf8')) as Written;
  return groups.flatMap(({ rules }) =>
    rules.map(({ for: how = '0s', ...rule }) => ({
      ...rule,
      forSeconds: Number(how.slice(0, -1)) * (SECONDS[how.at(-1) ?? ''] ?? NaN),
    })),
  );
}

/** As Prometheus fills in what is told with an alert: a label, or one of two by whether the first is there. */
function filledIn(text: string, labels: Record<string, string>): string {
  const label = String.raw`\$labels\.(\w+)`;
  return text
    .replace(new RegExp(`{{ if ${label} }}(.*?){{ else }}(.*?){{ end }}`, 'g'), (_, name: string, then, otherwise) =>
      String(labels[name] ? then : otherwise),
    )
    .replace(new RegExp(`{{ ${label} }}`, 'g'), (_, name: string) => labels[name] ?? '');
}

/** An alert as promtool expects it to be written. */
export function firing(rule: AlertRule, labels: Record<string, string>) {
  return {
    exp_labels: { ...labels, ...rule.labels },
    exp_annotations: Object.fromEntries(
      Object.entries(rule.annotations).map(([name, text]) => [name, filledIn(text, labels)]),
    ),
  };
}

export interface RuleTest {
  /** Between two samples. */
  everySeconds: number;
  /** A sample each, by the whole name of the series; `_` where there was none. */
  series: ReadonlyMap<string, readonly string[]>;
  cases: { atSeconds: number; alert: string; fires: ReturnType<typeof firing>[] }[];
}

/** A file for `promtool test rules` that tries the rules with these series, and what `judge` says of it. */
export function tryRules<Verdict>(test: RuleTest, judge: (file: string) => Verdict): Verdict {
  const folder = mkdtempSync(join(tmpdir(), 'masking-test-'));
  try {
    const file = join(folder, 'test.yml');
    const interval = `${test.everySeconds}s`;
    writeFileSync(
      file,
      JSON.stringify({
        rule_files: [FILE],
        evaluation_interval: interval,
        tests: [
          {
            interval,
            input_series: [...test.series].map(([series, values]) => ({ series, values: runs(values).join(' ') })),
            alert_rule_test: test.cases.map(({ atSeconds, alert, fires }) => ({
              eval_time: `${atSeconds}s`,
              alertname: alert,
              exp_alerts: fires,
            })),
          },
        ],
      }),
    );
    return judge(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `5x3` is 5 and three more of it. */
function runs(values: readonly string[]): string[] {
  const written: string[] = [];
  let start = 0;
  for (let index = 1; index <= values.length; index += 1) {
    if (values[index] === values[start] && values[start] !== 'stale') continue;
    const more = index - start - 1;
    const value = values[start] ?? '_';
    // `_x4` is four of them, not five.
    if (more === 0) written.push(value);
    else written.push(value === '_' ? `_x${more + 1}` : `${value}x${more}`);
    start = index;
  }
  return written;
}
