import { Injectable } from '@nestjs/common';
import { FindSessionById } from '../../sessions/index.js';
import { Database } from '../../platform/database/database.js';
import { selection } from '../../platform/database/rows.js';
import { NotFound } from '../../platform/errors.js';
import { CALLS } from '../call.entity.js';
import type { CallPath } from '../facts/note-dial.js';

const CALL = selection(CALLS.pick(['callerRole']));

/**
 * The file that the called party hears before it is connected; null when the session has none any more. Of a call that is over nobody asks but
 * whoever has kept the URL.
 */
@Injectable()
export class CalleeSound {
  constructor(
    private readonly database: Database,
    private readonly findSessionById: FindSessionById,
  ) {}

  run(accountId: string, { sessionId, callId }: CallPath): Promise<string | null> {
    return this.database.transaction(async (tx) => {
      const session = await this.findSessionById.run(tx, accountId, sessionId);
      const [call] = await CALL.read(
        tx,
        'FROM masked_call WHERE id = ? AND session_id = ? AND account_id = ? AND ended_at IS NULL',
        [callId, sessionId, accountId],
      );
      if (!session || !call) throw new NotFound();
      const { first_party_play_url, second_party_play_url } = session.settings;
      return (call.callerRole === 'first' ? second_party_play_url : first_party_play_url) || null;
    });
  }
}
