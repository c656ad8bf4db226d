import { Injectable } from '@nestjs/common';
import { Additions } from '../platform/database/additions.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { marks, selection } from '../platform/database/rows.js';
import { addToSession } from './add-to-stats.js';
import { sumsOf } from './count-call.js';
import { placeOfText, sumsOfText } from './count-text.js';
import {
  CALL_TALLIES,
  FORGOTTEN_STATS,
  SESSION_STATS,
  TEXT_TALLIES,
  type CallTally,
  type TextTally,
} from './stat.entity.js';
import { minus, NOTHING, plus, SUM_NAMES, type StatPlace, type Sums } from './sums.js';

const TALLY = selection(CALL_TALLIES.fields());
const TEXT_TALLY = selection(TEXT_TALLIES.fields());
const PLACE = ['accountId', 'quarter', 'virtualNumber', 'direction', 'subaccountId'] as const;
const OPENING = selection(SESSION_STATS.pick([...PLACE, 'sessions', 'fees']));
const TO_FORGOTTEN = new Additions(FORGOTTEN_STATS, PLACE, SUM_NAMES);

type Figure = Omit<StatPlace, 'sessionId'> & { sums: Sums };

/**
 * Deletes what single calls and sessions have come to, and remembers it in the sums of what is forgotten. The sums of numbers and accounts are not
 * touched: they stay to the micro-unit, and a recount still finds what they are made of.
 */
@Injectable()
export class ForgetFigures {
  constructor(private readonly database: Database) {}

  /** Of these sessions and all their calls and texts. */
  async ofSessions(tx: Tx, sessionIds: string[]): Promise<void> {
    const those = `session_id IN (${marks(sessionIds)})`;
    const tallies = await TALLY.read(
      tx,
      `FROM call_tally ${this.database.byIndex('call_tally_session')} WHERE ${those} ${this.database.forUpdate}`,
      sessionIds,
    );
    const texts = await TEXT_TALLY.read(tx, `FROM text_tally WHERE ${those} ${this.database.forUpdate}`, sessionIds);
    const openings = await OPENING.read(
      tx,
      `FROM session_stat WHERE ${those} AND (sessions <> 0 OR fees <> 0) ${this.database.forUpdate}`,
      sessionIds,
    );
    await this.remember(tx, [
      ...tallies.map(figureOf),
      ...texts.map(figureOfText),
      ...openings.map(({ sessions, fees, ...place }) => ({ ...place, sums: { ...NOTHING, sessions, fees } })),
    ]);
    await this.deleteTallies(tx, tallies);
    await change(tx, `${this.database.deleteFrom('text_tally')} WHERE ${those}`, sessionIds);
    await change(tx, `${this.database.deleteFrom('session_stat')} WHERE ${those}`, sessionIds);
  }

  /** Of these calls alone, by their A legs; a session that they belong to keeps what its other calls come to. */
  async ofCalls(tx: Tx, accountId: string, aLegUuids: string[]): Promise<void> {
    const tallies = await TALLY.read(
      tx,
      `FROM call_tally WHERE account_id = ? AND a_leg_uuid IN (${marks(aLegUuids)}) ${this.database.forUpdate}`,
      [accountId, ...aLegUuids],
    );
    await this.remember(tx, tallies.map(figureOf));
    for (const tally of tallies) await addToSession(tx, this.database, tally, minus(NOTHING, sumsOf(tally)));
    await this.deleteTallies(tx, tallies);
  }

  /** Of these texts alone; a session that they belong to keeps what its others come to. */
  async ofTexts(tx: Tx, textIds: string[]): Promise<void> {
    if (textIds.length === 0) return;
    const those = `text_id IN (${marks(textIds)})`;
    const texts = await TEXT_TALLY.read(tx, `FROM text_tally WHERE ${those} ${this.database.forUpdate}`, textIds);
    await this.remember(tx, texts.map(figureOfText));
    for (const text of texts)
      await addToSession(tx, this.database, placeOfText(text), minus(NOTHING, sumsOfText(text)));
    await change(tx, `${this.database.deleteFrom('text_tally')} WHERE ${those}`, textIds);
  }

  /** Of these calls, by their A legs, their session is forgotten: they count on, in no session. What the session came to is deleted with it. */
  async detach(tx: Tx, accountId: string, aLegUuids: string[]): Promise<void> {
    if (aLegUuids.length === 0) return;
    const those = `WHERE account_id = ? AND a_leg_uuid IN (${marks(aLegUuids)})`;
    await CALL_TALLIES.update(tx, { sessionId: null }, those, [accountId, ...aLegUuids]);
  }

  /** In one order, so that two processes cannot wait for each other. */
  private async remember(tx: Tx, figures: Figure[]): Promise<void> {
    const byPlace = new Map<string, Figure>();
    for (const figure of figures) {
      const key = PLACE.map((name) => figure[name]).join(' ');
      const known = byPlace.get(key);
      byPlace.set(key, known ? { ...known, sums: plus(known.sums, figure.sums) } : figure);
    }
    const inOrder = [...byPlace].sort(([one], [other]) => (one < other ? -1 : 1));
    await TO_FORGOTTEN.add(tx, this.database, ...inOrder.map(([, { sums, ...place }]) => ({ ...place, ...sums })));
  }

  private async deleteTallies(tx: Tx, tallies: CallTally[]): Promise<void> {
    for (const accountId of new Set(tallies.map((tally) => tally.accountId))) {
      const uuids = tallies.filter((tally) => tally.accountId === accountId).map(({ aLegUuid }) => aLegUuid);
      const from = this.database.deleteFrom('call_tally');
      await change(tx, `${from} WHERE account_id = ? AND a_leg_uuid IN (${marks(uuids)})`, [accountId, ...uuids]);
    }
  }
}

function figureOfText(tally: TextTally): Figure {
  const { sessionId: _, ...place } = placeOfText(tally);
  return { ...place, sums: sumsOfText(tally) };
}

function figureOf(tally: CallTally): Figure {
  const { accountId, quarter, virtualNumber, direction, subaccountId } = tally;
  return { accountId, quarter, virtualNumber, direction, subaccountId, sums: sumsOf(tally) };
}
