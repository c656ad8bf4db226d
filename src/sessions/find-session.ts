import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { placeKey, silentPlaces } from '../number-pool/index.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/settings/config.js';
import { Database, type Tx } from '../platform/database/database.js';
import { writeHeld } from '../platform/database/held-rows.js';
import { exists, ifJoined, marks, prefixed, selection, unprefixed } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { INTERACTIONS, type Interaction } from './interaction.entity.js';
import { readInteractions } from './interactions.js';
import { sessionAnswer, type SessionAnswer, type SessionFace } from './session-answer.js';
import { SESSIONS } from './session.entity.js';
import { ReadTextTotals, type TextTotals } from './text-totals.js';
import { isOwn, SessionRecords, WHOLE, type SessionOwner, type SessionRecord } from './session-record.js';

/**
 * A session beside each of its conversations, of which there are a few: read one after the other, the second trip was a third of a get's processor time
 * with MySQL.
 */
const SHOWN = selection({
  ...SESSIONS.fields('s'),
  ...ifJoined(prefixed('call', INTERACTIONS.fields('i'))),
});
const interactionOf = unprefixed('call', INTERACTIONS.fields('i'));
const SHOWN_FROM = `FROM masking_session s LEFT JOIN interaction i ON i.session_id = s.id
  WHERE s.id = ? AND s.account_id = ? ORDER BY i.started_at, i.id`;

const SUBACCOUNT = selection(SESSIONS.pick(['subaccountId']));

/** One session of an account, live or ended; its row is kept until the transaction ends. */
@Injectable()
export class FindSessionById {
  constructor(private readonly records: SessionRecords) {}

  run(tx: Tx, accountId: string, sessionId: string): Promise<SessionRecord | null> {
    return this.records.lock(tx, { accountId, subaccountId: null }, sessionId);
  }

  /** Without keeping its row. */
  seen(tx: Tx, accountId: string, sessionId: string): Promise<SessionRecord | null> {
    return this.records.seen(tx, { accountId, subaccountId: null }, sessionId);
  }
}

/** The subaccount that has the session; null where it is the account's own, or there is none. With a `lock` the row is held as by `lockSession`. */
export async function subaccountOf(manager: EntityManager, sessionId: string, lock = ''): Promise<string | null> {
  const [session] = await SUBACCOUNT.read(manager, `FROM masking_session WHERE id = ? ${lock}`, [sessionId]);
  if (lock) await writeHeld(manager, 'masking_session', [sessionId]);
  return session?.subaccountId ?? null;
}

/** Whether an account has any session, ended ones included. */
export function hasSessions(manager: EntityManager, accountId: string): Promise<boolean> {
  return exists(manager, 'FROM masking_session WHERE account_id = ? LIMIT 1', [accountId]);
}

/** Shows sessions as the API does, with their conversations. Refuses unknown ones and other accounts' alike. */
@Injectable()
export class FindSession {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly records: SessionRecords,
    private readonly textTotals: ReadTextTotals,
  ) {}

  run(owner: SessionOwner, id: string): Promise<SessionAnswer> {
    return this.database.read(async (manager) => {
      const rows = await SHOWN.read(manager, SHOWN_FROM, [id, owner.accountId]);
      const [session] = rows;
      if (!session || !isOwn(session, owner)) throw new NotFound();
      const interactions = session.callId === null ? [] : rows.map(interactionOf);
      return this.withWishes(manager, this.records.fromRow(session), interactions);
    });
  }

  /** Of what `OpenSession` gave back, in its transaction: nobody has called in a session that was opened a moment ago. */
  async openedAnswer(tx: Tx, session: SessionRecord): Promise<SessionAnswer> {
    return session.renewals === 0 ? this.withWishes(tx, session, []) : this.answer(tx, session);
  }

  async answer(tx: Tx, session: SessionRecord): Promise<SessionAnswer> {
    const [answer] = await this.answers(tx, [session]);
    if (!answer) throw new NotFound();
    return answer;
  }

  /** Of those of these sessions that there are. The caller has made sure whose they are. */
  async faces(tx: Tx, ids: string[]): Promise<Map<string, SessionFace>> {
    if (ids.length === 0) return new Map();
    const rows = await WHOLE.read(tx, `FROM masking_session WHERE id IN (${marks(ids)})`, ids);
    return new Map(
      rows.map((row) => {
        const { id, parties, virtualNumber } = this.records.fromRow(row);
        const face = {
          first_party: parties.first ?? '',
          second_party: parties.second ?? '',
          virtual_number: virtualNumber,
        };
        return [id, face];
      }),
    );
  }

  async answers(tx: Tx, sessions: SessionRecord[]): Promise<SessionAnswer[]> {
    const ids = sessions.map((session) => session.id);
    const interactions = await readInteractions(tx, ids);
    const [silent, texts] = [await silentRoles(tx, sessions), await this.textTotals.of(tx, sessions)];
    return sessions.map((session) =>
      this.shown(session, interactions.get(session.id) ?? [], {
        silent: silent.get(session.id) ?? [],
        texts: texts.get(session.id),
      }),
    );
  }

  private async withWishes(
    manager: EntityManager,
    session: SessionRecord,
    interactions: Interaction[],
  ): Promise<SessionAnswer> {
    const [silent, texts] = [await silentRoles(manager, [session]), await this.textTotals.of(manager, [session])];
    return this.shown(session, interactions, { silent: silent.get(session.id) ?? [], texts: texts.get(session.id) });
  }

  private shown(
    session: SessionRecord,
    interactions: Interaction[],
    { silent, texts }: { silent: readonly Role[]; texts: TextTotals | undefined },
  ): SessionAnswer {
    const { publicUrl } = this.config.http;
    return sessionAnswer(session, interactions, { now: this.clock.now(), publicUrl, silent }, texts);
  }
}

const ROLES = ['first', 'second'] as const;
type Role = (typeof ROLES)[number];

/** Of sessions with texts: which of their parties want none from their number. Of others nothing is read. */
async function silentRoles(manager: EntityManager, sessions: readonly SessionRecord[]): Promise<Map<string, Role[]>> {
  const found = new Map<string, Role[]>();
  const withTexts = sessions.filter(({ settings }) => settings.messaging === true);
  for (const accountId of new Set(withTexts.map((session) => session.accountId))) {
    const own = withTexts.filter((session) => session.accountId === accountId);
    const silent = await silentPlaces(manager, accountId, own.flatMap(placesOf));
    for (const session of own) {
      const roles = placesOf(session).filter((place) => silent.has(placeKey(place)));
      found.set(
        session.id,
        roles.map(({ role }) => role),
      );
    }
  }
  return found;
}

function placesOf(session: SessionRecord) {
  const { virtualNumber } = session;
  return ROLES.flatMap((role) => {
    const partyIndex = session[`${role}Index`];
    return partyIndex === null ? [] : [{ role, partyIndex, virtualNumber }];
  });
}
