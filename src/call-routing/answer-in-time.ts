import { Injectable } from '@nestjs/common';
import { AccountSettings, type CallSettings } from '../accounts/index.js';
import { DomainError } from '../shared/errors.js';
import { Log } from '../shared/logger.js';
import { spokenRefusal } from './refusal-speech.js';

/** Callers do not wait: after this a refusal is better than silence. With the signature's tokens, 0.4 s at most, it makes an answer within 1.5 s. */
const DEADLINE_MS = 900;

/** Gives a caller an answer whatever is broken or late: then a sentence, and nobody is connected. */
@Injectable()
export class AnswerInTime {
  constructor(
    private readonly log: Log,
    private readonly accountSettings: AccountSettings,
  ) {}

  /** `work` is told through `isAwaited` that nobody waits any more, and then keeps nothing. */
  async run(accountId: string, callUuid: string, work: (isAwaited: () => boolean) => Promise<string>): Promise<string> {
    let isAwaited = true;
    let settings: CallSettings | null = null;
    // Remembered almost always; a refusal does not wait for it.
    this.accountSettings.of(accountId).then(
      (found) => (settings = found),
      () => undefined,
    );
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<string>((resolve) => {
      timer = setTimeout(() => {
        isAwaited = false;
        this.log.warn('call.answer_late', { call_uuid: callUuid });
        resolve(trouble(settings));
      }, DEADLINE_MS);
    });
    const answered = work(() => isAwaited).catch((error: unknown) => {
      if (error instanceof DomainError && (error.kind === 'forbidden' || error.kind === 'not-found')) throw error;
      if (isAwaited) this.log.error('call.answer_failed', { call_uuid: callUuid, error });
      return trouble(settings);
    });
    try {
      return await Promise.race([answered, deadline]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A sentence is a billed minute, which nothing was reserved for: where there is a spend cap, the line stays silent and costs nothing. */
function trouble(settings: CallSettings | null): string {
  if (settings === null || settings.daily_spend_cap === null) return spokenRefusal('trouble');
  return spokenRefusal('trouble', { ...settings, refusals: { trouble: '' } });
}
