import { Injectable } from '@nestjs/common';
import { ForgetFigures } from '../billing-stats/index.js';
import { ForgetCallbacks } from '../callbacks/index.js';
import { ForgetTexts } from '../texts/index.js';
import type { PartyUntil } from '../sessions/index.js';
import { Database, type Tx } from '../platform/database/database.js';
import { ErasureProgress } from './erasure-progress.js';

/** So many go in one transaction. */
const MOST = 100;

/**
 * Erases a person's texts. Those of which the price is final go, and what they came to is remembered; of younger ones, and of texts in sessions of others, there
 * stays what has no number and no word in it.
 */
@Injectable()
export class EraseTexts {
  constructor(
    private readonly database: Database,
    private readonly progress: ErasureProgress,
    private readonly texts: ForgetTexts,
    private readonly figures: ForgetFigures,
    private readonly callbacks: ForgetCallbacks,
  ) {}

  /** The oldest of these sessions; whether there are more. */
  async ofSessions(tx: Tx, sessionIds: string[]): Promise<{ texts: number; isMore: boolean }> {
    const { final, open } = await this.texts.oldestOf(tx, sessionIds, MOST);
    await this.texts.detach(tx, open);
    await this.figures.ofTexts(tx, final);
    await this.texts.run(tx, final);
    const texts = final.length + open.length;
    return { texts, isMore: texts === MOST };
  }

  /** Of sessions that are not, or no longer, the person's, and of none, with what was told of them. `isOf`: whether a text names the person. Returns whether there is more. */
  async elsewhere(
    party: PartyUntil & { erasureId: string; mayGoOn: () => boolean },
    isOf: (text: string) => boolean,
  ): Promise<boolean> {
    for (;;) {
      if (!party.mayGoOn()) return true;
      const count = await this.database.transaction(async (tx) => {
        const erasure = await this.progress.hold(tx, party.erasureId);
        const found = await this.texts.elsewhere(tx, party, MOST);
        await this.callbacks.ofTexts(tx, await this.texts.sessionsOf(tx, found), isOf);
        await this.texts.blank(tx, found);
        await this.progress.add(tx, erasure, { texts: found.length });
        return found.length;
      });
      if (count === 0) return false;
    }
  }
}
