import { IsIn } from 'class-validator';
import type { FailingReceiver } from '../../callbacks/index.js';
import { PageQuery } from '../page.dto.js';
import { IfGiven, isoText } from '../values.dto.js';

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
