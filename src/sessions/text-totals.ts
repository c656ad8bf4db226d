import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { SessionRecord } from './session-record.js';

/** What a session's texts have come to. */
export interface TextTotals {
  /** That were taken to be passed on. */
  texts: number;
  /** Of both legs. */
  units: number;
  /** Micro-units: Plivo's prices, carriers' and the account's own. */
  amount: number;
  /** When the last of them came. */
  lastAt: number | null;
}

export const NO_TEXTS: TextTotals = { texts: 0, units: 0, amount: 0, lastAt: null };

type ReadTotals = (manager: EntityManager, sessionIds: string[]) => Promise<Map<string, TextTotals>>;

/** What texts have come to, of sessions that have or had them: nobody is asked about the others, and what they answer has no word of it. */
@Injectable()
export class ReadTextTotals {
  private totalsOf: ReadTotals = async () => new Map();

  /** Names who counts texts. */
  readBy(totalsOf: ReadTotals): void {
    this.totalsOf = totalsOf;
  }

  async of(
    manager: EntityManager,
    sessions: Pick<SessionRecord, 'id' | 'settings'>[],
  ): Promise<Map<string, TextTotals>> {
    const ids = sessions.filter(({ settings }) => settings.messaging !== undefined).map(({ id }) => id);
    return ids.length === 0 ? new Map() : this.totalsOf(manager, ids);
  }
}
