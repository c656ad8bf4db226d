import type { Tx } from '../platform/database/database.js';
import { marks, selection, type Selected } from '../platform/database/rows.js';
import { isTaken, type ForwardState } from './join-reports.js';
import { NOTICES } from './text-notice.entity.js';
import { FORWARDS, TEXTS } from './text.entity.js';

/**
 * What a text comes to, derived from both of its legs each time: whoever keeps sums can ask again and get the same. A sentence of ours is a text that nobody
 * wrote: it costs, and is neither taken nor delivered. Amounts in micro-units.
 */
export interface TextFigures {
  textId: string;
  accountId: string;
  sessionId: string | null;
  /** Digits of the number that it was sent to, as Plivo told it; null where that is none. */
  virtualNumber: string | null;
  receivedAt: number;
  /** Whether it was to be passed on. */
  isTaken: boolean;
  /** All of it has arrived. */
  isDelivered: boolean;
  /** Some of it did not, or nobody knows. */
  isFailed: boolean;
  /** Of both legs, as Plivo counts them; of what it has taken without a word about units, as they were counted here. */
  units: number;
  /** Of what was sent on and is charged. */
  forwardedUnits: number;
  /** Plivo's prices of both legs and what carriers charge, as far as they are known. */
  amount: number;
}

const TEXT = selection(
  TEXTS.pick([
    'id',
    'accountId',
    'sessionId',
    'virtualNumber',
    'receivedAt',
    'decision',
    'reason',
    'isHint',
    'units',
    'amount',
    'carrierFee',
  ]),
);
const FORWARD = selection(FORWARDS.pick(['textId', 'state', 'units', 'amount', 'carrierFee']));
const NOTICE = selection(
  NOTICES.pick([
    'id',
    'accountId',
    'sessionId',
    'virtualNumber',
    'createdAt',
    'state',
    'units',
    'amount',
    'carrierFee',
  ]),
);
const ID = selection(TEXTS.pick(['id']));
const NOTICE_ID = selection(NOTICES.pick(['id']));

const FAILED: ReadonlySet<ForwardState> = new Set(['rejected', 'unconfirmed', 'undelivered', 'failed']);

/** Whether a message comes to the same as before, so that its text need not be counted again. */
export function isFiguredAlike(before: Figured, after: Figured): boolean {
  const [one, other] = [figuredOf(before), figuredOf(after)];
  return one.every((value, place) => value === other[place]);
}

type Figured = Pick<Selected<typeof FORWARD>, 'state' | 'units' | 'amount'>;

/** All that `figuresOf` makes of these. */
function figuredOf({ state, units, amount }: Figured): readonly unknown[] {
  return [isTaken(state), state === 'failed', state === 'delivered', FAILED.has(state), units, amount];
}

/** With a `lock` the texts are held until the transaction ends, so that nobody counts what another is about to change. */
export async function textFigures(tx: Tx, textIds: string[], lock = ''): Promise<Map<string, TextFigures>> {
  if (textIds.length === 0) return new Map();
  // In this order, and in one trip.
  const [texts, forwards] = await Promise.all([
    TEXT.read(tx, `FROM text_message WHERE id IN (${marks(textIds)}) ${lock}`, textIds),
    FORWARD.read(tx, `FROM text_forward WHERE text_id IN (${marks(textIds)})`, textIds),
  ]);
  // No id is of both.
  const others = textIds.filter((id) => !texts.some((text) => text.id === id));
  const notices = others.length === 0 ? [] : await noticesOf(tx, others, lock);
  return new Map([
    ...notices.map((notice) => [notice.id, figuresOfNotice(notice)] as const),
    ...texts.map((text): [string, TextFigures] => [
      text.id,
      figuresOf(
        text,
        forwards.filter(({ textId }) => textId === text.id),
      ),
    ]),
  ]);
}

function noticesOf(tx: Tx, ids: string[], lock: string): Promise<Selected<typeof NOTICE>[]> {
  return NOTICE.read(tx, `FROM text_notice WHERE id IN (${marks(ids)}) ${lock}`, ids);
}

/** The next texts, and sentences of ours, in the order of their ids: for walking through all. */
export async function nextTexts(tx: Tx, after: string, limit: number): Promise<string[]> {
  const texts = await ID.read(tx, `FROM text_message WHERE id > ? ORDER BY id LIMIT ${limit}`, [after]);
  const notices = await NOTICE_ID.read(tx, `FROM text_notice WHERE id > ? ORDER BY id LIMIT ${limit}`, [after]);
  return [...texts, ...notices]
    .map(({ id }) => id)
    .sort()
    .slice(0, limit);
}

function figuresOf(text: Selected<typeof TEXT>, forwards: Selected<typeof FORWARD>[]): TextFigures {
  const { id, accountId, sessionId, virtualNumber, receivedAt, decision, reason, isHint } = text;
  // What nothing vouches for, anybody may have made up, with a price of theirs.
  const isMadeUp = isHint && (decision === 'wait' || reason === 'unverified');
  const received = isMadeUp ? { units: 0, amount: 0, carrierFee: 0 } : text;
  // What has failed is not charged.
  const charged = forwards.filter(({ state }) => isTaken(state) && state !== 'failed');
  const forwardedUnits = sum(charged, ({ units }) => units);
  const priced = (leg: Pick<typeof text, 'amount' | 'carrierFee'>): number => (leg.amount ?? 0) + (leg.carrierFee ?? 0);
  return {
    textId: id,
    accountId,
    sessionId,
    virtualNumber,
    receivedAt,
    isTaken: decision === 'forward',
    isDelivered: forwards.length > 0 && forwards.every(({ state }) => state === 'delivered'),
    isFailed: forwards.some(({ state }) => FAILED.has(state)),
    units: (received.units ?? 0) + forwardedUnits,
    forwardedUnits,
    amount: priced(received) + sum(forwards, priced),
  };
}

function figuresOfNotice(notice: Selected<typeof NOTICE>): TextFigures {
  const { id, accountId, sessionId, virtualNumber, createdAt, state, units, amount, carrierFee } = notice;
  const isCharged = isTaken(state) && state !== 'failed';
  return {
    textId: id,
    accountId,
    sessionId,
    virtualNumber,
    receivedAt: createdAt,
    isTaken: false,
    isDelivered: false,
    isFailed: false,
    units: isCharged ? (units ?? 0) : 0,
    forwardedUnits: 0,
    amount: (amount ?? 0) + (carrierFee ?? 0),
  };
}

function sum<Item>(items: Item[], of: (item: Item) => number | null): number {
  return items.reduce((total, item) => total + (of(item) ?? 0), 0);
}
