import { Injectable } from '@nestjs/common';
import { Accounts } from '../accounts/index.js';
import { Clock } from '../platform/clock.js';
import { Additions } from '../platform/database/additions.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { number, numberOrNull, selection } from '../platform/database/rows.js';
import { Log } from '../platform/logging/logger.js';
import { SESSION_COUNTS, SESSION_FOLDS, SLOT_MS, slotOf } from './session-count.entity.js';
import { SESSIONS } from './session.entity.js';

/** Sessions of a block: as many as are walked through in 1 ms (SQLite) to 3 ms (MariaDB) where a list needs a part of one. */
const BLOCK = 5_000;
/** A session is created at an instant that its transaction read; by now those of that time are committed. */
const SETTLED_MS = 30_000;

const TO_SLOT = new Additions(SESSION_COUNTS, ['accountId', 'blockAt', 'subaccountId', 'expiresSlot'], ['sessions']);

const FOLD = selection(SESSION_FOLDS.fields());
const CREATED = selection(SESSIONS.pick(['createdAt']));
/** Its block as well; one statement, because renewals make it. */
const PLACE = selection({
  ...SESSION_FOLDS.pick(['countedUntil'], 'f'),
  blockAt: numberOrNull(
    '(SELECT MAX(c.block_at) FROM session_count c WHERE c.account_id = f.account_id AND c.block_at <= ?)',
  ),
});
const BLOCKS = selection(SESSION_COUNTS.pick(['accountId', 'blockAt']));
const SUMS = selection({ ...SESSION_COUNTS.pick(['subaccountId', 'expiresSlot']), sessions: number('SUM(sessions)') });

/** Of sessions created in a span; each is read in the index of the list alone. */
const COUNTED = `SELECT account_id, COALESCE(subaccount_id, '') AS subaccount_id, expires_at - expires_at % ${SLOT_MS} AS expires_slot, 1 AS sessions
  FROM masking_session WHERE account_id = ? AND created_at >= ? AND created_at < ?`;
interface Block {
  accountId: string;
  blockAt: number;
}

const BEFORE_ALL: Block = { accountId: '', blockAt: -1 };
const OF_BLOCK = 'FROM session_count WHERE account_id = ? AND block_at = ?';

/**
 * Keeps how many sessions there are, block by block of their creation: no create writes for it. A block is counted when it is full and its time is past;
 * who changes a session's end afterwards moves it (`moveCount`). Each run counts one block again, so that what a crash of the clock, an older version or
 * a database of several writers left wrong is right some hours later.
 */
@Injectable()
export class CountSessions {
  /** Sessions of a block; specs make shorter ones. */
  blockSize = BLOCK;
  /** The block that was counted again last. */
  private checked: Block = BEFORE_ALL;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: Accounts,
    private readonly log: Log,
  ) {}

  /** Returns how many blocks were counted. */
  async run(): Promise<number> {
    let blocks = 0;
    for (const accountId of await this.database.browse((manager) => this.accounts.ids(manager))) {
      // Most accounts have nothing to count, and are not locked to learn it.
      while (await this.database.browse((manager) => this.endOfNext(manager, accountId))) {
        await this.countBlock(accountId);
        blocks += 1;
      }
    }
    await this.checkBlock();
    return blocks;
  }

  /** The last instant of creation in the block that comes next; undefined while it is not full, or too young. */
  private async endOfNext(manager: Tx, accountId: string, from?: number): Promise<number | undefined> {
    const [fold] =
      from === undefined ? await FOLD.read(manager, 'FROM session_fold WHERE account_id = ?', [accountId]) : [];
    const [last] = await CREATED.read(
      manager,
      `FROM masking_session ${this.database.byIndex('masking_session_created')}
       WHERE account_id = ? AND created_at >= ? AND created_at < ? ORDER BY created_at LIMIT 1 OFFSET ${this.blockSize - 1}`,
      [accountId, from ?? fold?.countedUntil ?? 0, this.clock.now() - SETTLED_MS],
    );
    return last?.createdAt;
  }

  private async countBlock(accountId: string): Promise<void> {
    // There before anything is counted: whoever changes an end meanwhile finds it, and is waited for.
    await this.database.transaction((tx) => this.lock(tx, accountId));
    await this.database.transaction(async (tx) => {
      const from = await this.lock(tx, accountId);
      const last = await this.endOfNext(tx, accountId, from);
      if (last === undefined) return;
      await count(tx, accountId, from, last + 1);
      await SESSION_FOLDS.update(tx, { countedUntil: last + 1 }, 'WHERE account_id = ?', [accountId]);
    });
  }

  /** Those who move a session from slot to slot hold this row as well, so none is moved while its block is counted. */
  private async lock(tx: Tx, accountId: string): Promise<number> {
    const [fold] = await FOLD.read(tx, `FROM session_fold WHERE account_id = ? ${this.database.forUpdate}`, [
      accountId,
    ]);
    if (!fold) await orStartOver(SESSION_FOLDS.insert(tx, { accountId, countedUntil: 0 }));
    return fold?.countedUntil ?? 0;
  }

  private async checkBlock(): Promise<void> {
    const block = await this.database.browse((manager) => nextBlock(manager, this.checked));
    this.checked = block ?? BEFORE_ALL;
    if (block === null) return;
    const { accountId, blockAt } = block;
    await this.database.transaction(async (tx) => {
      const countedUntil = await this.lock(tx, accountId);
      const until = (await nextBlockOf(tx, accountId, blockAt))?.blockAt ?? countedUntil;
      const kept = await SUMS.read(tx, `${OF_BLOCK} AND sessions <> 0 GROUP BY subaccount_id, expires_slot`, [
        accountId,
        blockAt,
      ]);
      const counted = await SUMS.read(tx, `FROM (${COUNTED}) session_count GROUP BY subaccount_id, expires_slot`, [
        accountId,
        blockAt,
        until,
      ]);
      // All that counted there has been moved or deleted: a sum is the same without it, and there would be more of them for ever.
      await change(tx, `DELETE ${OF_BLOCK} AND sessions = 0`, [accountId, blockAt]);
      if (isSame(kept, counted)) return;
      this.log.error('sessions.count_mended', { account: accountId, block: blockAt });
      await change(tx, `DELETE ${OF_BLOCK}`, [accountId, blockAt]);
      await count(tx, accountId, blockAt, until);
    });
  }
}

/** In the order of accounts and of time. */
async function nextBlock(manager: Tx, { accountId, blockAt }: Block): Promise<Block | null> {
  const ofAccount = await nextBlockOf(manager, accountId, blockAt);
  if (ofAccount !== null) return ofAccount;
  const later = 'FROM session_count WHERE account_id > ? ORDER BY account_id, block_at LIMIT 1';
  const [next] = await BLOCKS.read(manager, later, [accountId]);
  return next ?? null;
}

async function nextBlockOf(manager: Tx, accountId: string, blockAt: number): Promise<Block | null> {
  const [next] = await BLOCKS.read(
    manager,
    'FROM session_count WHERE account_id = ? AND block_at > ? ORDER BY block_at LIMIT 1',
    [accountId, blockAt],
  );
  return next ?? null;
}

async function count(tx: Tx, accountId: string, from: number, until: number): Promise<void> {
  await change(
    tx,
    `INSERT INTO session_count (account_id, block_at, subaccount_id, expires_slot, sessions)
     SELECT account_id, ?, subaccount_id, expires_slot, SUM(sessions) FROM (${COUNTED}) counted GROUP BY account_id, subaccount_id, expires_slot`,
    [from, accountId, from, until],
  );
}

interface Sum {
  subaccountId: string;
  expiresSlot: number;
  sessions: number;
}

function isSame(one: readonly Sum[], other: readonly Sum[]): boolean {
  const texts = (sums: readonly Sum[]): string =>
    sums
      .map((sum) => `${sum.subaccountId} ${sum.expiresSlot} ${sum.sessions}`)
      .toSorted()
      .join();
  return texts(one) === texts(other);
}

interface Counted {
  accountId: string;
  subaccountId: string | null;
  createdAt: number;
  expiresAt: number;
}

/** Of how many sessions of a block have their end in a slot. */
type Change = Omit<Counted, 'createdAt' | 'expiresAt'> & { block: number; slot: number; by: number };

/** In the transaction that has changed a session's end, last in it. Nothing is written while the end stays within its ten minutes. */
export async function moveCount(tx: Tx, database: Database, before: Counted, expiresAt: number): Promise<void> {
  const [left, entered] = [slotOf(before.expiresAt), slotOf(expiresAt)];
  if (left === entered) return;
  const block = await blockOf(tx, database, before);
  if (block === null) return;
  // The earlier slot first, whoever moves: so no two wait for each other.
  const steps = [
    { slot: left, by: -1 },
    { slot: entered, by: 1 },
  ].toSorted((one, other) => one.slot - other.slot);
  for (const { slot, by } of steps) await add(tx, database, { ...before, block, slot, by });
}

/** In the transaction that deletes sessions, after it has. */
export function uncount(tx: Tx, database: Database, sessions: readonly Counted[]): Promise<void> {
  return countAll(
    tx,
    database,
    sessions.map((session) => ({ session, by: -1 })),
  );
}

/** As `moveCount`, of many sessions whose end is brought forward together. */
export function moveCounts(
  tx: Tx,
  database: Database,
  moved: readonly { before: Counted; expiresAt: number }[],
): Promise<void> {
  const steps = moved.flatMap(({ before, expiresAt }) => [
    { session: before, by: -1 },
    { session: { ...before, expiresAt }, by: 1 },
  ]);
  return countAll(tx, database, steps);
}

/** Those that were created one after the other are looked up together. */
async function countAll(tx: Tx, database: Database, steps: readonly { session: Counted; by: number }[]): Promise<void> {
  const sums = new Map<string, Change>();
  const seen: BlockPlace[] = [];
  for (const { session, by } of steps) {
    const { accountId, createdAt } = session;
    let place = seen.find((one) => one.accountId === accountId && one.from <= createdAt && createdAt < one.until);
    if (place === undefined) seen.push((place = await placeOf(tx, database, session)));
    if (place.block === null) continue;
    const slot = slotOf(session.expiresAt);
    const key = [accountId, place.block, session.subaccountId ?? '', slot].join(' ');
    sums.set(key, { ...session, block: place.block, slot, by: (sums.get(key)?.by ?? 0) + by });
  }
  for (const [, sum] of [...sums].toSorted(([one], [other]) => (one < other ? -1 : 1)))
    if (sum.by !== 0) await add(tx, database, sum);
}

/** A block, or none, and the sessions by their creation for which that holds. */
interface BlockPlace {
  accountId: string;
  block: number | null;
  from: number;
  until: number;
}

async function placeOf(tx: Tx, database: Database, session: Counted): Promise<BlockPlace> {
  const { accountId, createdAt } = session;
  const block = await blockOf(tx, database, session);
  const next = block === null ? null : await nextBlockOf(tx, accountId, block);
  return { accountId, block, from: block ?? createdAt, until: next?.blockAt ?? createdAt + 1 };
}

/** Null while its block is not counted. */
async function blockOf(tx: Tx, database: Database, { accountId, createdAt }: Counted): Promise<number | null> {
  const [place] = await PLACE.read(tx, `FROM session_fold f WHERE f.account_id = ? ${database.forShare}`, [
    createdAt,
    accountId,
  ]);
  return place === undefined || createdAt >= place.countedUntil ? null : place.blockAt;
}

async function add(tx: Tx, database: Database, { accountId, subaccountId, block, slot, by }: Change): Promise<void> {
  const place = { accountId, blockAt: block, subaccountId: subaccountId ?? '', expiresSlot: slot };
  await TO_SLOT.add(tx, database, { ...place, sessions: by });
}
