import type { EntityManager } from 'typeorm';
import type { Database } from '../platform/database/database.js';
import { number, selection } from '../platform/database/rows.js';
import { SESSION_COUNTS, SESSION_FOLDS, SLOT_MS, slotOf } from './session-count.entity.js';
import { withinRegion, type Region, type Span } from './session-filter.js';
import { SESSIONS } from './session.entity.js';

/** A span of creation, and how many sessions of the region were created in it. */
export interface Stretch extends Span {
  sessions: number;
}

const FOLD = selection(SESSION_FOLDS.pick(['countedUntil']));
const COUNT = selection({ n: number('COUNT(*)') });
const FIRST = selection({ at: number('COALESCE(MAX(block_at), 0)') });
const BLOCKS = selection({
  ...SESSION_COUNTS.pick(['blockAt']),
  sessions: number(
    'SUM(CASE WHEN (? IS NULL OR subaccount_id = ?) AND expires_slot >= ? AND expires_slot < ? THEN sessions ELSE 0 END)',
  ),
});
const KEYS = selection(SESSIONS.pick(['id'], 's'));
const CREATED = selection(SESSIONS.pick(['createdAt'], 's'));

/**
 * The sessions of a region, the newest stretch first, each with its exact number. Whole blocks come from what is kept (`CountSessions`). Counted row by
 * row is only what that leaves open: the blocks at either end of the creation, of which a part is in the region, the sessions that are too young to be
 * in a block, and those of the ten minutes in which a bound of the expiry lies, such as now.
 */
export async function stretchesOf(manager: EntityManager, database: Database, region: Region): Promise<Stretch[]> {
  const { accountId, created } = region;
  const [fold] = await FOLD.read(manager, 'FROM session_fold WHERE account_id = ?', [accountId]);
  const countedUntil = fold?.countedUntil ?? 0;
  if (created.from >= created.until) return [];
  const blocks = await blocksOf(manager, region, countedUntil);
  const whole = blocks.filter(({ from, until }) => created.from <= from && until <= created.until);
  await addEdges(manager, database, region, whole);
  const open: Span[] = [
    ...blocks.filter((block) => !whole.includes(block)),
    { from: countedUntil, until: Infinity },
  ].map(({ from, until }) => ({ from: Math.max(from, created.from), until: Math.min(until, created.until) }));
  const counted: Stretch[] = [...whole];
  for (const span of open)
    if (span.from < span.until) counted.push({ ...span, sessions: await countRows(manager, database, region, span) });
  return counted.filter(({ sessions }) => sessions > 0).toSorted((one, other) => other.from - one.from);
}

/** Their ids in the order of the list: `offset` of them passed over, at most `limit`. Each stretch is walked on its own, so none without any is. */
export async function idsWithin(
  manager: EntityManager,
  database: Database,
  region: Region,
  stretches: readonly Stretch[],
  { offset, limit, before }: { offset: number; limit: number; before?: { at: number; id: string } | undefined },
): Promise<string[]> {
  const ids: string[] = [];
  let skipped = offset;
  for (const { sessions, ...created } of stretches) {
    if (ids.length === limit) break;
    if (sessions <= skipped) {
      skipped -= sessions;
      continue;
    }
    const { sql, parameters } = withinRegion({ ...region, created });
    const keys = await KEYS.read(
      manager,
      `FROM masking_session s ${database.byIndex('masking_session_created')} WHERE ${sql}${before ? ' AND (s.created_at < ? OR s.id < ?)' : ''}
       ORDER BY s.created_at DESC, s.id DESC LIMIT ${limit - ids.length} OFFSET ${skipped}`,
      [...parameters, ...(before ? [before.at, before.id] : [])],
    );
    ids.push(...keys.map(({ id }) => id));
    skipped = 0;
  }
  return ids;
}

/** All blocks that begin before the region's end, from the one in which it begins. Of their sessions those are counted whose slot of expiry is whole in it. */
async function blocksOf(manager: EntityManager, region: Region, countedUntil: number): Promise<Stretch[]> {
  const { accountId, subaccountId, created, expires } = region;
  const [first] = await FIRST.read(manager, 'FROM session_count WHERE account_id = ? AND block_at <= ?', [
    accountId,
    Math.max(created.from, 0),
  ]);
  const rows = await BLOCKS.read(
    manager,
    'FROM session_count WHERE account_id = ? AND block_at >= ? AND block_at < ? GROUP BY block_at ORDER BY block_at',
    [
      subaccountId,
      subaccountId,
      nextSlot(expires.from),
      lastSlot(expires.until),
      accountId,
      first?.at ?? 0,
      Math.min(created.until, countedUntil),
    ],
  );
  return rows.map(({ blockAt, sessions }, place) => ({
    from: blockAt,
    until: rows[place + 1]?.blockAt ?? (created.until < countedUntil ? Infinity : countedUntil),
    sessions,
  }));
}

/** Adds those of the slots in which the region's expiry begins and ends. */
async function addEdges(manager: EntityManager, database: Database, region: Region, blocks: Stretch[]): Promise<void> {
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (first === undefined || last === undefined) return;
  for (const expires of edgesOf(region.expires)) {
    const { sql, parameters } = withinRegion({ ...region, created: { from: first.from, until: last.until }, expires });
    const rows = await CREATED.read(
      manager,
      `FROM masking_session s ${database.byIndex('masking_session_due')} WHERE s.status IN ('active', 'expired') AND ${sql}`,
      parameters,
    );
    for (const { createdAt } of rows) {
      const block = blocks[placeOf(blocks, createdAt)];
      if (block) block.sessions += 1;
    }
  }
}

function edgesOf({ from, until }: Span): Span[] {
  const edges =
    nextSlot(from) > lastSlot(until)
      ? [{ from, until }]
      : [
          { from, until: nextSlot(from) },
          { from: lastSlot(until), until },
        ];
  return edges.filter((edge) => edge.from !== -Infinity && edge.until !== Infinity && edge.from < edge.until);
}

function nextSlot(from: number): number {
  return from === -Infinity ? 0 : Math.ceil(from / SLOT_MS) * SLOT_MS;
}

function lastSlot(until: number): number {
  return until === Infinity ? Number.MAX_SAFE_INTEGER : slotOf(until);
}

/** The last block that begins at this instant or before it. */
function placeOf(blocks: readonly Span[], at: number): number {
  let [low, high] = [0, blocks.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((blocks[middle]?.from ?? Infinity) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

async function countRows(manager: EntityManager, database: Database, region: Region, created: Span): Promise<number> {
  const { sql, parameters } = withinRegion({ ...region, created });
  const [count] = await COUNT.read(
    manager,
    `FROM masking_session s ${database.byIndex('masking_session_created')} WHERE ${sql}`,
    parameters,
  );
  return count?.n ?? 0;
}
