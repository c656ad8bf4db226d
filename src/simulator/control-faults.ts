import { Fields } from './control-fields.js';
import { type Chance, type FaultPlan, NO_FAULTS, WEBHOOK_KINDS, type WebhookKind } from './faults.js';

const CHANCES = ['lose', 'duplicate', 'reorder', 'bad_signature'] as const;

/** The body of `POST faults`: what it does not name does not go wrong. */
export function readFaults(body: unknown): { plan: FaultPlan; seed: number | null } {
  const fields = new Fields(body, [...CHANCES, 'delay_ms', 'api', 'seed']);
  const api = new Fields(fields.raw('api'), ['status', 'hang'], 'api.');
  const plan: FaultPlan = {
    ...NO_FAULTS,
    delay_ms: fields.number('delay_ms', 0, 3_600_000) ?? 0,
    api: { status: readStatus(api), hang: api.flag('hang') ?? false },
  };
  for (const name of CHANCES) plan[name] = readChance(fields, name);
  return { plan, seed: fields.number('seed', 0, 2 ** 32 - 1) };
}

function readStatus(api: Fields): 429 | 500 | null {
  const status = api.raw('status');
  if (status === null || status === 429 || status === 500) return status;
  throw api.wrong('status', '429 or 500');
}

/** A probability, a list of webhook kinds, or `true` for every webhook. */
function readChance(fields: Fields, name: string): Chance {
  const value = fields.raw(name);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (!Array.isArray(value)) return fields.number(name, 0, 1) ?? 0;
  return value.map((item): WebhookKind => {
    const kind = WEBHOOK_KINDS.find((known) => known === item);
    if (kind === undefined) throw fields.wrong(name, `kinds out of ${WEBHOOK_KINDS.join(', ')}`);
    return kind;
  });
}
