import { Injectable } from '@nestjs/common';
import { ForgetCallbacks } from '../callbacks/index.js';
import { rewriteUrls, sessionsWithDigits } from '../sessions/index.js';
import { Database } from '../platform/database/database.js';
import { ForgetAnswers } from '../platform/http/forget-answers.js';
import type { E164 } from '../telephony/phone.js';
import type { ErasingParty } from './erase-sessions.js';
import { ErasureProgress } from './erasure-progress.js';
import { withoutPerson } from './is-about.js';

const PAGE = 200;
/** Of a number, from its end: what all spellings of a phone have in common, and few others have. */
const COMMON_DIGITS = 6;

/**
 * Takes a person's number out of the URLs of sessions that stay, as a customer may have put anybody's into one: of who had a place there once, or never. Where it
 * stood stands a word, and the URL is asked as before.
 */
@Injectable()
export class EraseUrls {
  constructor(
    private readonly database: Database,
    private readonly progress: ErasureProgress,
    private readonly callbacks: ForgetCallbacks,
    private readonly answers: ForgetAnswers,
  ) {}

  /** Reads all sessions of the account, so it is done once, when nothing else is left. Returns whether there is more. */
  async run(person: E164, { erasureId, accountId, mayGoOn }: ErasingParty): Promise<boolean> {
    const rewrite = (url: string): string => withoutPerson(person, url);
    const digits = person.slice(-COMMON_DIGITS);
    for (let after = ''; ;) {
      const place = { accountId, digits, after, limit: PAGE };
      const page = await this.database.browse((manager) => sessionsWithDigits(manager, place));
      for (const id of page) {
        if (!mayGoOn()) return true;
        await this.database.transaction(async (tx) => {
          await this.progress.hold(tx, erasureId);
          if (await rewriteUrls(tx, this.database, id, rewrite)) await this.answers.ofSessions(tx, [id]);
          await this.callbacks.rewriteUrls(tx, id, rewrite);
        });
      }
      if (page.length < PAGE) return false;
      after = page.at(-1) ?? after;
    }
  }
}
