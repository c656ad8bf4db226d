import { Injectable } from '@nestjs/common';
import type { VerifiedWebhook } from '../../plivo/index.js';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { CALL_REQUESTS } from '../call-request.entity.js';
import { noteReceipt } from '../facts/note-receipt.js';
import { followRequest } from './follow-request.js';
import { lockRequest } from './lock-request.js';

/** Takes down that the first party's phone rings: so Plivo has placed the call, whatever it said when it was asked. */
@Injectable()
export class NoteRinging {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  run(webhook: VerifiedWebhook, requestId: string, callUuid: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      await noteReceipt(tx, webhook, this.clock.now());
      const request = await lockRequest(tx, this.database, webhook.accountId, requestId);
      if (request.callUuid !== null && request.callUuid !== callUuid) return;
      const isWaiting = ['wanted', 'placing', 'failed'].includes(request.status);
      const status = isWaiting ? 'placed' : request.status;
      await CALL_REQUESTS.update(tx, { callUuid, status }, 'WHERE id = ?', [requestId]);
      // Plivo's own answer may be lost, and what else it has to say of the call.
      if (isWaiting) await followRequest(tx, this.jobs, requestId, Math.max(request.pendingUntil, this.clock.now()));
    });
  }
}
