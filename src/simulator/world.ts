import type { Clock } from '../platform/clock.js';
import type { Account } from './account.js';
import type { CallBook } from './call-book.js';
import type { Changes } from './changes.js';
import type { Phones } from './phones.js';
import type { RecordingBook } from './recording-book.js';
import type { Settings } from './settings.js';
import type { Timers } from './timers.js';
import type { WebhookSender } from './webhook-sender.js';

/** What a running call works with. */
export interface World {
  readonly authId: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly changes: Changes;
  readonly settings: Settings;
  readonly account: Account;
  readonly phones: Phones;
  readonly book: CallBook;
  readonly webhooks: WebhookSender;
  readonly recordings: RecordingBook;
}
