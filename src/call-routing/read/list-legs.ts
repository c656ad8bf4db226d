import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { FindSession } from '../../sessions/index.js';
import { Database } from '../../platform/database/database.js';
import { marks, selection } from '../../platform/database/rows.js';
import { countFrom } from '../../platform/http/resource-list.js';
import { CALLS, LEGS } from '../call.entity.js';
import { legsByUuid } from '../facts/legs.js';
import { legInWords } from '../facts/call-outcome.js';
import type { FoundSessionLeg } from './find-leg.js';

export interface LegSearch {
  /** Plivo's CallUUID of the A leg that dialled them; then `endedAt` is not asked about. */
  parentCallUuid?: string | undefined;
  direction?: 'inbound' | 'outbound' | undefined;
  endedAt: { from: number; until: number };
  limit: number;
  offset: number;
}

interface LegOwner {
  accountId: string;
  subaccountId: string | null;
}

interface Condition {
  sql: string;
  parameters: unknown[];
}

const KEYS = selection(LEGS.pick(['legUuid'], 'l'));
const CALL = selection(CALLS.pick(['id', 'kind', 'aLegUuid']));

/**
 * The ended legs of masking sessions, the last ended first, as Plivo lists calls: those that are on are not in it, nor callers whom no session claimed.
 * A subaccount is shown its own only. Walks the index on the end of an account's legs or of a subaccount's, or that on the legs of one call: what
 * others of the account have had costs nothing.
 */
@Injectable()
export class ListLegs {
  constructor(
    private readonly database: Database,
    private readonly findSession: FindSession,
  ) {}

  async run(owner: LegOwner, search: LegSearch): Promise<{ total: number; legs: FoundSessionLeg[] }> {
    const { limit, offset } = search;
    return this.database.browse(async (manager) => {
      const conditions = [ownedBy(owner), ...conditionsOf(owner, search)];
      const from = `FROM call_leg l ${this.database.byIndex(indexFor(owner, search))} WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
      const parameters = conditions.flatMap((condition) => condition.parameters);
      const total = await countFrom(manager, from, parameters, offset);
      const page = `${from} ORDER BY l.ended_at DESC, l.leg_uuid DESC LIMIT ? OFFSET ?`;
      const keys = await KEYS.read(manager, page, [...parameters, limit, offset]);
      return { total, legs: await this.whole(manager, owner.accountId, keys) };
    });
  }

  private async whole(
    manager: EntityManager,
    accountId: string,
    keys: { legUuid: string }[],
  ): Promise<FoundSessionLeg[]> {
    if (keys.length === 0) return [];
    const found = await legsByUuid(
      manager,
      accountId,
      keys.map(({ legUuid }) => legUuid),
    );
    const legs = keys.flatMap(({ legUuid }) => found.get(legUuid) ?? []);
    const callIds = [...new Set(legs.flatMap(({ callId }) => callId ?? []))];
    const rows = await CALL.read(manager, `FROM masked_call WHERE id IN (${marks(callIds)})`, callIds);
    const calls = new Map(rows.map((row) => [row.id, row]));
    const sessions = await this.findSession.faces(manager, [
      ...new Set(legs.flatMap(({ sessionId }) => sessionId ?? [])),
    ]);
    return legs.flatMap((leg) => {
      const call = calls.get(leg.callId ?? '');
      const session = sessions.get(leg.sessionId ?? '');
      if (!call || !session) return [];
      return [{ leg: { ...leg, ...legInWords(leg) }, kind: call.kind, aLegUuid: call.aLegUuid, session }];
    });
  }
}

/** Named, because SQLite without statistics takes that of the account for the others too, and walks all its legs. */
function indexFor({ subaccountId }: LegOwner, { parentCallUuid }: LegSearch): string {
  if (parentCallUuid !== undefined) return 'call_leg_call';
  return subaccountId === null ? 'call_leg_ended' : 'call_leg_subaccount';
}

/** A leg without a session, as of a party that has not shown its PIN, is nobody's; it keeps the subaccount that it was first linked to. */
function ownedBy({ accountId, subaccountId }: LegOwner): Condition {
  const ended = 'l.account_id = ? AND l.ended_at IS NOT NULL AND l.session_id IS NOT NULL';
  return subaccountId === null
    ? { sql: ended, parameters: [accountId] }
    : { sql: `${ended} AND l.subaccount_id = ?`, parameters: [accountId, subaccountId] };
}

function conditionsOf({ accountId }: LegOwner, { parentCallUuid, direction, endedAt }: LegSearch): Condition[] {
  return [
    ...(direction === undefined ? [] : [ofDirection(direction)]),
    parentCallUuid === undefined
      ? { sql: 'l.ended_at >= ? AND l.ended_at < ?', parameters: [endedAt.from, endedAt.until] }
      : {
          // Not by the leg's own account: of each leg of the account its call would be looked up, 780 ms for 300,000 legs.
          sql: `l.side = 'B' AND l.call_id = (SELECT p.id FROM masked_call p WHERE p.account_id = ? AND p.a_leg_uuid = ?)`,
          parameters: [accountId, parentCallUuid],
        },
  ];
}

/** We dial B legs, and the A legs of requested calls. */
function ofDirection(direction: 'inbound' | 'outbound'): Condition {
  const isDialled = `(l.side = 'B' OR (SELECT c.kind FROM masked_call c WHERE c.id = l.call_id) = 'request')`;
  return { sql: direction === 'outbound' ? isDialled : `NOT ${isDialled}`, parameters: [] };
}
