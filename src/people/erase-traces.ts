import { Injectable } from '@nestjs/common';
import { DailyCaps, ownSubaccounts } from '../accounts/index.js';
import { forgetPinFailures } from '../call-routing/index.js';
import { RefusedWebhooks } from '../plivo/index.js';
import { forgetPlacesOf } from '../sessions/index.js';
import { Database } from '../platform/database/database.js';
import { purgeInBatches } from '../platform/database/purge-in-batches.js';
import { ForgetAnswers, type UnnamedAnswer } from '../platform/http/forget-answers.js';
import type { E164 } from '../telephony/phone.js';
import { ErasureProgress } from './erasure-progress.js';
import { isAbout } from './is-about.js';

const MOST = 256;
const PAGE = 500;

/** What else is kept under a person's index, and texts that may name it: places on numbers, wrong PINs, dialled phones, stored answers, refused webhooks. */
@Injectable()
export class EraseTraces {
  constructor(
    private readonly database: Database,
    private readonly progress: ErasureProgress,
    private readonly dailyCaps: DailyCaps,
    private readonly answers: ForgetAnswers,
    private readonly refusedWebhooks: RefusedWebhooks,
  ) {}

  async inAccount({ erasureId, accountId, index }: { erasureId: string; accountId: string; index: string }) {
    await purgeInBatches(this.database, MOST, (tx, size) => forgetPlacesOf(tx, this.database, index, size));
    await this.database.transaction(async (tx) => {
      await this.progress.hold(tx, erasureId);
      await forgetPinFailures(tx, accountId, index);
      await this.dailyCaps.forgetPhone(tx, accountId, index);
    });
  }

  /** Answers of earlier versions do not say of which session they are: each is opened. `accountId`: of one account alone. */
  async everywhere(person: E164, accountId: string | null): Promise<void> {
    const isOf = (text: string): boolean => isAbout(person, text);
    await this.refusedWebhooks.forget(isOf);
    let after = { createdAt: 0, keyHash: '' };
    for (;;) {
      const page = await this.answers.unnamed(after, PAGE);
      const owners = accountId === null ? null : await this.ownersIn(accountId, page);
      const found = page.filter(
        (answer) => (owners === null || owners.has(answer.owner)) && isOf(this.answers.textOf(answer)),
      );
      if (found.length > 0)
        await this.database.transaction(async (tx) => {
          for (const answer of found) await this.answers.forget(tx, answer);
        });
      if (page.length < PAGE) return;
      after = page.at(-1) ?? after;
    }
  }

  private async ownersIn(accountId: string, answers: UnnamedAnswer[]): Promise<Set<string>> {
    const candidates = new Set(answers.map(({ owner }) => owner));
    const own = await this.database.read((manager) => ownSubaccounts(manager, accountId, candidates));
    return own.add(accountId);
  }
}
