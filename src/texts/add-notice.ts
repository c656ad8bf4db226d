import { Injectable } from '@nestjs/common';
import { AccountSettings, noticeSentence, type NoticeKind } from '../accounts/index.js';
import { canText, isSilent } from '../number-pool/index.js';
import { SessionRecords } from '../sessions/index.js';
import { Clock, DAY_MS, dayOf } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import type { Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { exists } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { newRandomId } from '../platform/ids.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { isDialable } from '../telephony/destinations.js';
import type { E164 } from '../telephony/phone.js';
import { SEND_NOTICE } from './text-lanes.js';
import { TextFigured } from './texts.events.js';
import { noticePlace, NOTICES } from './text-notice.entity.js';

export interface WantedNotice {
  accountId: string;
  sessionId: string | null;
  virtualNumber: string;
  recipient: E164;
  kind: NoticeKind;
}

/**
 * Has somebody who has written told something by us: once in 24 hours for each occasion and number, so that two machines that answer each other stop, and
 * nothing to who has said STOP but that it was heard.
 */
@Injectable()
export class AddNotice {
  constructor(
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly records: SessionRecords,
    private readonly accountSettings: AccountSettings,
    private readonly events: Events,
  ) {}

  async run(tx: Tx, { accountId, sessionId, virtualNumber, recipient, kind }: WantedNotice): Promise<void> {
    const settings = await this.accountSettings.within(tx, accountId);
    if (settings.texts !== 'on' || noticeSentence(kind, settings.text_notices) === '') return;
    const recipientIndex = this.records.partyIndex(accountId, recipient);
    if (recipientIndex === null || !isDialable(recipient, settings).allowed) return;
    if (!(await canText(tx, accountId, virtualNumber, recipient))) return;
    const place = { partyIndex: recipientIndex, virtualNumber };
    if (kind !== 'stopped' && (await isSilent(tx, accountId, place))) return;

    const now = this.clock.now();
    const told =
      'FROM text_notice WHERE recipient_index = ? AND virtual_number = ? AND kind = ? AND (created_at > ? OR day = ?)';
    if (await exists(tx, told, [recipientIndex, virtualNumber, kind, now - DAY_MS, dayOf(now)])) return;
    const id = newRandomId();
    const sealed = this.crypto.seal(noticePlace({ id, accountId }), recipient);
    const row = { id, accountId, sessionId, virtualNumber, recipient: sealed, recipientIndex, kind };
    const state = { state: 'pending' as const, lookUps: 0, day: dayOf(now), createdAt: now, updatedAt: now };
    // At the same moment elsewhere: the next try finds it.
    await orStartOver(NOTICES.insert(tx, { ...row, ...state }));
    await this.events.publish(tx, new TextFigured(accountId, id));
    await this.jobs.enqueue(tx, SEND_NOTICE, { noticeId: id }, { key: `${SEND_NOTICE}:${id}` });
  }
}
