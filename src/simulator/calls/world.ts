import type { Clock } from '../../platform/clock.js';
import type { RecordingBook } from '../media/recording-book.js';
import type { Changes } from '../rules/changes.js';
import type { Settings } from '../rules/settings.js';
import type { Timers } from '../rules/timers.js';
import type { WebhookSender } from '../webhooks/webhook-sender.js';
import type { Account } from './account.js';
import type { CallBook } from './call-book.js';
import type { Call } from './call.js';
import type { Phones } from './phones.js';

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
  /** Asks the application what the call is to do, and does it until the call is over. Handed in, as running XML stands above calls. */
  runCall(call: Call): Promise<void>;
}
