import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Owner } from '../accounts/index.js';
import { FindCalls, FindLeg } from '../call-routing/index.js';
import { Database } from '../platform/database/database.js';
import { countFrom } from '../platform/http/resource-list.js';
import { DAY_MS, HOUR_MS } from '../platform/clock.js';
import type { Recording } from './recording.entity.js';
import { WHOLE } from './recording-rows.js';
import { SHOWN, type ShownRecording, ShowRecording } from './show-recording.js';

export interface RecordingListSearch {
  /** Plivo's CallUUID of either leg; then `added` is not asked about. */
  callUuid?: string | undefined;
  added: { from: number; until: number };
  limit: number;
  offset: number;
}

/** A call lasts a day at most, and rings before. */
const LONGEST_CALL_MS = DAY_MS + HOUR_MS;

/**
 * Recordings as their customer sees them, the newest call first. `added` is the time that is shown, when the recording ended; the index is on when the
 * call was connected, so it is walked from a day earlier.
 */
@Injectable()
export class ListRecordings {
  constructor(
    private readonly database: Database,
    private readonly findCalls: FindCalls,
    private readonly findLeg: FindLeg,
    private readonly showRecording: ShowRecording,
  ) {}

  async run(owner: Owner, search: RecordingListSearch): Promise<{ total: number; recordings: ShownRecording[] }> {
    const { total, rows } = await this.database.browse((manager) => this.page(manager, owner, search));
    const calls = await this.findCalls.many(rows.map(({ callId }) => callId));
    return {
      total,
      recordings: rows.flatMap((row) => {
        const call = calls.get(row.callId);
        return call ? [this.showRecording.shown(owner.subaccountId ?? owner.accountId, row, call)] : [];
      }),
    };
  }

  private async page(
    manager: EntityManager,
    { accountId, subaccountId }: Owner,
    { callUuid, added, limit, offset }: RecordingListSearch,
  ): Promise<{ total: number; rows: Recording[] }> {
    const owned = subaccountId === null ? 'account_id = ?' : 'subaccount_id = ? AND account_id = ?';
    const parameters: unknown[] = subaccountId === null ? [accountId] : [subaccountId, accountId];
    let where = `${owned} AND status IN (${[...SHOWN].map((status) => `'${status}'`).join(', ')})`;
    if (callUuid === undefined) {
      where +=
        ' AND created_at >= ? AND created_at < ? AND COALESCE(ended_at, created_at) >= ? AND COALESCE(ended_at, created_at) < ?';
      parameters.push(added.from - LONGEST_CALL_MS, added.until, added.from, added.until);
    } else {
      const callId = await this.findLeg.callOf(manager, accountId, callUuid);
      if (callId === null) return { total: 0, rows: [] };
      where += ' AND call_id = ?';
      parameters.push(callId);
    }
    return {
      total: await countFrom(manager, `FROM recording WHERE ${where}`, parameters, offset),
      rows: await WHOLE.read(
        manager,
        `FROM recording WHERE ${where} ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?`,
        [...parameters, limit, offset],
      ),
    };
  }
}
