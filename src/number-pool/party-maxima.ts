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
