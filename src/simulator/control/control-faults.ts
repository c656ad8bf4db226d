import {
  type ApiFaults,
  type Chance,
  type FaultPlan,
  NO_FAULTS,
  STRIKES,
  WEBHOOK_KINDS,
  type WebhookKind,
} from '../rules/faults.js';
import { Fields } from './control-fields.js';

const CHANCES = ['lose', 'duplicate', 'reorder', 'bad_signature'] as const;
const API_STATUSES = [404, 429, 500, 502, 503] as const;
const LONGEST_DELAY_MS = 3_600_000;

/** The body of `POST faults`: what it does not name does not go wrong. */
export function readFaults(body: unknown): { plan: FaultPlan; seed: number | null } {
  const fields = new Fields(body, [...Object.keys(NO_FAULTS), 'seed']);
  const plan: FaultPlan = {
    ...NO_FAULTS,
    lose_nth: readNth(fields.raw('lose_nth')),
    strike_nth: readStrike(fields.raw('strike_nth')),
    lose_once: readKinds(fields, 'lose_once'),
    delay_ms: fields.number('delay_ms', 0, LONGEST_DELAY_MS) ?? 0,
    api: readApi(fields.raw('api')),
  };
  for (const name of CHANCES) plan[name] = readChance(fields, name);
  return { plan, seed: fields.number('seed', 0, 2 ** 32 - 1) };
}

function readApi(value: unknown): ApiFaults {
  const fields = new Fields(value, Object.keys(NO_FAULTS.api), 'api.');
  const given = fields.raw('status');
  const status = API_STATUSES.find((known) => known === given) ?? null;
  if (given !== null && status === null) throw fields.wrong('status', `one of ${API_STATUSES.join(', ')}`);
  return {
    status,
    hang: fields.flag('hang') ?? false,
    reset: fields.flag('reset') ?? false,
    delay_ms: fields.number('delay_ms', 0, LONGEST_DELAY_MS) ?? 0,
    truncate: fields.flag('truncate') ?? false,
    after_effect: fields.flag('after_effect') ?? false,
    only: fields.texts('only', (text) => /^(GET|POST|DELETE) [A-Za-z]+(\/:[A-Za-z]+)?$/.test(text)),
    skip: fields.number('skip', 0, 1_000_000) ?? 0,
    times: fields.number('times', 1, 1_000_000),
  };
}

function readNth(value: unknown): FaultPlan['lose_nth'] {
  return value === null ? null : nthOf(new Fields(value, ['kind', 'n'], 'lose_nth.'));
}

function readStrike(value: unknown): FaultPlan['strike_nth'] {
  if (value === null) return null;
  const fields = new Fields(value, ['kind', 'n', 'fate'], 'strike_nth.');
  const fate = fields.choice('fate', STRIKES);
  if (fate === null) throw fields.wrong('fate', `one of ${STRIKES.join(', ')}`);
  return { ...nthOf(fields), fate };
}

function nthOf(fields: Fields): { kind: WebhookKind | 'any'; n: number } {
  const n = fields.number('n', 1, 1_000_000);
  if (n === null || !Number.isInteger(n)) throw fields.wrong('n', 'a whole number from 1');
  return { kind: fields.choice('kind', [...WEBHOOK_KINDS, 'any']) ?? 'any', n };
}

/** A probability, a list of webhook kinds, or `true` for every webhook. */
function readChance(fields: Fields, name: string): Chance {
  const value = fields.raw(name);
  if (typeof value === 'boolean') return value ? 1 : 0;
  return Array.isArray(value) ? readKinds(fields, name) : (fields.number(name, 0, 1) ?? 0);
}

function readKinds(fields: Fields, name: string): WebhookKind[] {
  const value = fields.raw(name) ?? [];
  const wrong = () => fields.wrong(name, `kinds out of ${WEBHOOK_KINDS.join(', ')}`);
  if (!Array.isArray(value)) throw wrong();
  return value.map((item): WebhookKind => {
    const kind = WEBHOOK_KINDS.find((known) => known === item);
    if (kind === undefined) throw wrong();
    return kind;
  });
}
