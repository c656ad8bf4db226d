import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import { change } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { exists, marks, selection } from '../platform/database/rows.js';
import { newId } from '../platform/ids.js';
import { OPT_OUTS, type TextOptOut } from './text-opt-out.entity.js';
import { NUMBERS } from './virtual-number.entity.js';

/** A person, by the index that sessions have, on one of our numbers. */
export interface TextPlace {
  partyIndex: string;
  virtualNumber: string;
}

/** What a session is rather not lent: who it is for wants no texts from there. */
export interface AvoidedNumbers {
  numbers: readonly string[];
  campaigns: readonly string[];
}

export type OptFact = Omit<TextOptOut, 'id' | 'campaignId'>;
type Known = Pick<TextOptOut, 'partyIndex' | 'virtualNumber' | 'campaignId' | 'kind' | 'at' | 'isSettled'>;

/** Of one person and account; nobody has more to look at, for what newer facts outdo is removed. */
const MOST_FACTS = 500;

const KNOWN = selection(
  OPT_OUTS.pick(['partyIndex', 'virtualNumber', 'campaignId', 'kind', 'at', 'isSettled'], 'text_opt_out'),
);
const CAMPAIGN = selection(NUMBERS.pick(['number', 'campaignId']));
const WHOLE = selection(OPT_OUTS.fields());

/**
 * Whether the newest fact says so. One whose time is not certain yet counts as long as it silences: it can only turn out to be older. Of two at one
 * instant silence wins.
 */
function isOut(facts: readonly Known[]): boolean {
  const certain = facts.filter(({ kind, isSettled }) => isSettled || kind === 'out');
  const newest = Math.max(...certain.map(({ at }) => at));
  return certain.some(({ kind, at }) => kind === 'out' && at === newest);
}

/** Of these places those where somebody wants no texts, as `placeKey` names them. */
export async function silentPlaces(
  manager: EntityManager,
  accountId: string,
  places: readonly TextPlace[],
): Promise<ReadonlySet<string>> {
  const facts = await factsOf(
    manager,
    accountId,
    places.map(({ partyIndex }) => partyIndex),
  );
  if (facts.length === 0) return new Set();
  const campaigns = await campaignsOf(
    manager,
    places.map(({ virtualNumber }) => virtualNumber),
  );
  const silent = places.filter(({ partyIndex, virtualNumber }) => {
    const campaign = campaigns.get(virtualNumber) ?? null;
    const own = facts.filter((fact) => fact.partyIndex === partyIndex && isOf(fact, { virtualNumber, campaign }));
    return own.length > 0 && isOut(own);
  });
  return new Set(silent.map(placeKey));
}

export async function isSilent(manager: EntityManager, accountId: string, place: TextPlace): Promise<boolean> {
  return (await silentPlaces(manager, accountId, [place])).has(placeKey(place));
}

export function placeKey({ partyIndex, virtualNumber }: TextPlace): string {
  return `${partyIndex}|${virtualNumber}`;
}

/** Which numbers and campaigns any of these people wants no texts from; null where there is none. */
export async function numbersToAvoid(
  manager: EntityManager,
  accountId: string,
  people: readonly string[],
): Promise<AvoidedNumbers | null> {
  const facts = await factsOf(manager, accountId, people);
  const silent = facts.filter((fact) => {
    const { partyIndex, virtualNumber, campaignId: campaign } = fact;
    return isOut(facts.filter((one) => one.partyIndex === partyIndex && isOf(one, { virtualNumber, campaign })));
  });
  if (silent.length === 0) return null;
  return {
    numbers: [...new Set(silent.map(({ virtualNumber }) => virtualNumber))],
    campaigns: [...new Set(silent.flatMap(({ campaignId }) => campaignId ?? []))],
  };
}

/** Writes a fact down, once for each cause; false where it is known, or the number is none of the account's. */
export async function addOptFact(tx: Tx, fact: OptFact): Promise<boolean> {
  const { accountId, partyIndex, virtualNumber, causeId } = fact;
  const known = 'FROM text_opt_out WHERE account_id = ? AND party_index = ? AND cause_id = ?';
  if (await exists(tx, known, [accountId, partyIndex, causeId])) return false;
  const own = 'FROM virtual_number WHERE number = ? AND account_id = ?';
  const [number] = await CAMPAIGN.read(tx, own, [virtualNumber, accountId]);
  if (!number) return false;
  await orStartOver(OPT_OUTS.insert(tx, { ...fact, id: newId(), campaignId: number.campaignId }));
  if (fact.isSettled) await forgetOutdone(tx, { ...fact, campaignId: number.campaignId });
  return true;
}

/** When it was really written, which is no later than it came. */
export async function settleOptFact(tx: Tx, fact: TextOptOut, at: number): Promise<void> {
  const settled = { ...fact, at: Math.min(at, fact.at), isSettled: true };
  await OPT_OUTS.update(tx, { at: settled.at, isSettled: true }, 'WHERE id = ?', [fact.id]);
  await forgetOutdone(tx, settled);
}

/** `lock`: so that it is held. */
export async function optFactOf(
  manager: EntityManager,
  { accountId, partyIndex, causeId }: Pick<TextOptOut, 'accountId' | 'partyIndex' | 'causeId'>,
  lock = '',
): Promise<TextOptOut | null> {
  const rest = `FROM text_opt_out WHERE account_id = ? AND party_index = ? AND cause_id = ? ${lock}`;
  const [fact] = await WHOLE.read(manager, rest, [accountId, partyIndex, causeId]);
  return fact ?? null;
}

/** Those that silence somebody, newest first; facts that a newer one of another number of the campaign outdoes among them. */
export async function listOptOuts(
  manager: EntityManager,
  search: {
    accountId: string | null;
    partyIndex: string | null;
    virtualNumber: string | null;
    before?: { at: number; id: string };
    limit: number;
  },
): Promise<TextOptOut[]> {
  const { accountId, partyIndex, virtualNumber, before, limit } = search;
  const conditions: [sql: string, parameters: unknown[]][] = [["kind = 'out'", []]];
  if (accountId !== null) conditions.push(['account_id = ?', [accountId]]);
  if (partyIndex !== null) conditions.push(['party_index = ?', [partyIndex]]);
  if (virtualNumber !== null) conditions.push(['virtual_number = ?', [virtualNumber]]);
  if (before) conditions.push(['created_at <= ? AND (created_at < ? OR id < ?)', [before.at, before.at, before.id]]);
  const where = conditions.map(([sql]) => sql).join(' AND ');
  const values = conditions.flatMap(([, parameters]) => parameters);
  const rest = `FROM text_opt_out WHERE ${where} ORDER BY created_at DESC, id DESC LIMIT ${limit}`;
  return WHOLE.read(manager, rest, values);
}

/** What a person has said to numbers of an account's, the oldest first. */
export function optFactsOf(manager: EntityManager, accountId: string, partyIndex: string): Promise<TextOptOut[]> {
  const rest = `FROM text_opt_out WHERE account_id = ? AND party_index = ? ORDER BY at, id LIMIT ${MOST_FACTS}`;
  return WHOLE.read(manager, rest, [accountId, partyIndex]);
}

export async function optOutOf(manager: EntityManager, id: string): Promise<TextOptOut | null> {
  const [fact] = await WHOLE.read(manager, "FROM text_opt_out WHERE id = ? AND kind = 'out'", [id]);
  return fact ?? null;
}

/** Everything that silences this person on this number. */
export async function removeOptOuts(
  tx: Tx,
  { accountId, partyIndex, virtualNumber, campaignId }: TextOptOut,
): Promise<void> {
  const silencing = "DELETE FROM text_opt_out WHERE account_id = ? AND party_index = ? AND kind = 'out'";
  const here = '(virtual_number = ? OR campaign_id = ?)';
  await change(tx, `${silencing} AND ${here}`, [accountId, partyIndex, virtualNumber, campaignId]);
}

/** `before` and `after`: indexes of one person. */
export async function renameOptedOut(tx: Tx, accountId: string, before: string, after: string): Promise<void> {
  await OPT_OUTS.update(tx, { partyIndex: after }, 'WHERE account_id = ? AND party_index = ?', [accountId, before]);
}

/** What is older than a certain fact about the same number and campaign can never hold again. */
async function forgetOutdone(
  tx: Tx,
  { accountId, partyIndex, virtualNumber, campaignId, at, kind }: Omit<TextOptOut, 'id'>,
): Promise<void> {
  const same = 'account_id = ? AND party_index = ? AND virtual_number = ?';
  const campaign = campaignId === null ? 'campaign_id IS NULL' : 'campaign_id = ?';
  const older = kind === 'out' ? "(at < ? OR (at = ? AND kind = 'in'))" : 'at < ? AND ? > 0';
  await change(tx, `DELETE FROM text_opt_out WHERE ${same} AND ${campaign} AND is_settled = 1 AND ${older}`, [
    accountId,
    partyIndex,
    virtualNumber,
    ...(campaignId === null ? [] : [campaignId]),
    at,
    at,
  ]);
}

function isOf(fact: Known, { virtualNumber, campaign }: { virtualNumber: string; campaign: string | null }): boolean {
  return fact.virtualNumber === virtualNumber || (campaign !== null && fact.campaignId === campaign);
}

async function factsOf(manager: EntityManager, accountId: string, people: readonly string[]): Promise<Known[]> {
  const indexes = [...new Set(people)];
  if (indexes.length === 0) return [];
  const rest = `FROM text_opt_out WHERE account_id = ? AND party_index IN (${marks(indexes)}) LIMIT ${MOST_FACTS * indexes.length}`;
  return KNOWN.read(manager, rest, [accountId, ...indexes]);
}

async function campaignsOf(manager: EntityManager, numbers: readonly string[]): Promise<Map<string, string | null>> {
  const those = [...new Set(numbers)];
  const rows = await CAMPAIGN.read(manager, `FROM virtual_number WHERE number IN (${marks(those)})`, those);
  return new Map(rows.map(({ number, campaignId }) => [number, campaignId]));
}
