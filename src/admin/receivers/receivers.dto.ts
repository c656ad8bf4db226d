import { IsIn } from 'class-validator';
import type { FailingReceiver } from '../../callbacks/index.js';
import { PageQuery } from '../page.dto.js';
import { IfGiven, isoText } from '../values.dto.js';
import { authId, instant, orNull, pageSchema, shape, text, uuid, word } from '../../platform/openapi/schemas.js';

export class ReceiversQuery extends PageQuery {
  @IfGiven()
  @IsIn(['failing', 'paused'])
  status?: 'failing' | 'paused';
}

/** A customer's server of which every attempt has failed since `failing_since`; of its URLs only scheme, host and port. */
export function shownReceiver({ id, accountId, origin, failingSince, lastFailedAt, pausedAt }: FailingReceiver) {
  return {
    id,
    account: accountId,
    origin,
    status: pausedAt === null ? 'failing' : 'paused',
    failing_since: isoText(failingSince),
    last_failed_at: isoText(lastFailedAt),
    paused_at: isoText(pausedAt),
  };
}

export const RECEIVERS_PAGE = pageSchema(
  'Receivers',
  shape<ReturnType<typeof shownReceiver>>('Receiver', () => ({
    id: uuid('Of the receiver.'),
    account: authId('Of the account.'),
    origin: text('Of its URLs only scheme, host and port.', 'https://shop.example'),
    status: word('paused: not tried any more, after five days.', ['failing', 'paused']),
    failing_since: instant('Every attempt since then has failed.'),
    last_failed_at: instant('The last of them.'),
    paused_at: orNull(instant('Null while it is tried.')),
  })),
);
export const RESUMED = shape<{ id: string; status: string }>('ResumedReceiver', () => ({
  id: uuid('Of the receiver.'),
  status: word('Always active.', ['active']),
}));
