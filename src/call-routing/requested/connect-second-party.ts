import { Injectable } from '@nestjs/common';
import { AccountSettings, type CallSettings } from '../../accounts/index.js';
import { hangupXml, type AnswerWebhook, type VerifiedWebhook } from '../../plivo/index.js';
import { FindSessionById } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import { change, Database, type Tx } from '../../platform/database/database.js';
import { NotFound } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import { answering, beginAnswer, type IsAwaited } from '../answer/answering.js';
import { decideCall } from '../answer/call-decision.js';
import { CarryOutDecision } from '../answer/carry-out-decision.js';
import { ReadSeat } from '../answer/read-seat.js';

/**
 * The first party has answered a call that it asked for: the second is dialled. One request is one call; a second call that claims it is hung up,
 * so that nobody is connected twice.
 */
@Injectable()
export class ConnectSecondParty {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly findSessionById: FindSessionById,
    private readonly readSeat: ReadSeat,
    private readonly directCall: CarryOutDecision,
    private readonly accountSettings: AccountSettings,
  ) {}

  async run(webhook: VerifiedWebhook, requestId: string, asked: AnswerWebhook, isAwaited: IsAwaited): Promise<string> {
    const { accountId } = webhook;
    const settings = await this.accountSettings.of(accountId);
    const { callUuid } = asked;
    return answering(this.database, isAwaited, async (tx) => {
      const { earlier, isFirstWord } = await beginAnswer(tx, this.crypto, webhook, callUuid, this.clock.now());
      return earlier ?? this.begin(tx, { accountId, requestId, callUuid, settings }, isFirstWord);
    });
  }

  private async begin(
    tx: Tx,
    {
      accountId,
      requestId,
      callUuid,
      settings,
    }: { accountId: string; requestId: string; callUuid: string; settings: CallSettings },
    isFirstWord: boolean,
  ): Promise<string> {
    const request = await lockRequest(tx, this.database, accountId, requestId);
    if (request.call_uuid !== null && request.call_uuid !== callUuid) return hangupXml();
    await change(tx, "UPDATE call_request SET status = 'answered', call_uuid = ? WHERE id = ?", [callUuid, requestId]);

    const session = await this.findSessionById.run(tx, accountId, request.session_id);
    if (!session) throw new NotFound();
    const facts = await this.readSeat.run(tx, session, settings, { requestId });
    const decision = decideCall({ kind: 'seated', seat: { session, role: 'first' }, by: 'request' }, facts);
    const call = {
      callId: newId(),
      accountId,
      aLegUuid: callUuid,
      kind: 'request' as const,
      requestId,
      caller: null,
      settings,
    };
    return this.directCall.begin(tx, call, decision, isFirstWord);
  }
}

export async function lockRequest(
  tx: Tx,
  database: Database,
  accountId: string,
  requestId: string,
): Promise<{ session_id: string; call_uuid: string | null; status: string; created_at: number }> {
  const [request] = (await tx.query(
    `SELECT session_id, call_uuid, status, created_at FROM call_request WHERE id = ? AND account_id = ? ${database.forUpdate}`,
    [requestId, accountId],
  )) as { session_id: string; call_uuid: string | null; status: string; created_at: number }[];
  if (!request) throw new NotFound();
  return request;
}
