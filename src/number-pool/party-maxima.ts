import type { EntityManager } from 'typeorm';

/**
 * The parties of live sessions on numbers that are not retired, one row per session and side. A party's phone blocks a number whichever side
 * it is on, so its sessions of both sides are counted together and the side only tells which maximum they belong to.
 * For the `+ 0` see `liveUse`.
 */
export const liveSides = `
  SELECT v.account_id, v.subaccount_id, v.country, v.calling_code, s.first_index AS party, 1 AS is_first, 0 AS is_second
    FROM masking_session s JOIN virtual_number v ON v.id = s.virtual_number_id + 0
   WHERE s.status = 'active' AND s.expires_at > ? AND v.status <> 'retired' AND s.first_index IS NOT NULL
  UNION ALL
  SELECT v.account_id, v.subaccount_id, v.country, v.calling_code, s.second_index AS party, 0 AS is_first, 1 AS is_second
    FROM masking_session s JOIN virtual_number v ON v.id = s.virtual_number_id + 0
   WHERE s.status = 'active' AND s.expires_at > ? AND v.status <> 'retired' AND s.second_index IS NOT NULL`;

export interface PartyMaxima {
  /** ΔA: the most live sessions of one phone that is a first party. */
  maxSessionsFirst: number;
  /** ΔB: the most live sessions of one phone that is a second party. */
  maxSessionsSecond: number;
}

/**
 * With ΔA + ΔB − 1 numbers no session is refused: the pair's other sessions block at most (ΔA − 1) + (ΔB − 1) of them. One number carries
 * everything while each phone has a single session.
 */
export function numbersNeededFor({ maxSessionsFirst, maxSessionsSecond }: PartyMaxima): number {
  return Math.max(maxSessionsFirst, maxSessionsSecond, maxSessionsFirst + maxSessionsSecond - 1);
}

export interface NeedScope {
  accountId: string;
  /** Null: the pool of the main account's sessions. */
  subaccountId: string | null;
  /** With geomatch: only numbers of this calling code count. */
  callingCode?: string;
  now: number;
  /** Keyed indexes of the parties of a session that was refused; counted as if it lived, or the answer could be the pool's present size. */
  first?: string | null;
  second?: string | null;
}

/**
 * How many numbers one pool needs, for the error that tells of its exhaustion. Reads every live session: with 50,000 of them 0.15 s on SQLite
 * and 0.5 s on MariaDB, so not for each refusal of a busy service.
 */
export async function numbersNeeded(
  manager: EntityManager,
  scope: NeedScope,
): Promise<PartyMaxima & { numbersNeeded: number }> {
  const parameters: unknown[] = [scope.now, scope.now, scope.accountId];
  const conditions = ['account_id = ?', scope.subaccountId === null ? 'subaccount_id IS NULL' : 'subaccount_id = ?'];
  if (scope.subaccountId !== null) parameters.push(scope.subaccountId);
  if (scope.callingCode !== undefined) {
    conditions.push('calling_code = ?');
    parameters.push(scope.callingCode);
  }
  const [row] = await manager.query<{ first: number | string | null; second: number | string | null }[]>(
    `SELECT MAX(CASE WHEN is_first = 1 THEN sessions END) AS first, MAX(CASE WHEN is_second = 1 THEN sessions END) AS second
       FROM (SELECT party, COUNT(*) AS sessions, MAX(is_first) AS is_first, MAX(is_second) AS is_second
               FROM (SELECT party, is_first, is_second FROM (${liveSides}) live WHERE ${conditions.join(' AND ')}
                     UNION ALL SELECT ?, 1, 0 UNION ALL SELECT ?, 0, 1) sides
              WHERE party IS NOT NULL GROUP BY party) phones`,
    [...parameters, scope.first ?? null, scope.second ?? null],
  );
  const maxima = { maxSessionsFirst: Number(row?.first ?? 0), maxSessionsSecond: Number(row?.second ?? 0) };
  return { ...maxima, numbersNeeded: numbersNeededFor(maxima) };
}
