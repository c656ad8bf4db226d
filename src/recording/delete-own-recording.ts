import { Injectable } from '@nestjs/common';
import type { Owner } from '../accounts/index.js';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { Events } from '../platform/events/events.js';
import { DeleteRecording } from './delete-recording.js';
import { RecordingDeleted } from './recording.events.js';
import { ShowRecording } from './show-recording.js';

/** Deletes a recording as its customer asks. Refuses unknown, foreign and deleted ones alike, so that of two at once one is told that it was too late. */
@Injectable()
export class DeleteOwnRecording {
  constructor(
    private readonly database: Database,
    private readonly events: Events,
    private readonly showRecording: ShowRecording,
    private readonly deleteRecording: DeleteRecording,
  ) {}

  async run(owner: Owner, recordingId: string, requestId: string): Promise<void> {
    const ownerId = owner.subaccountId ?? owner.accountId;
    const { accountId } = await this.showRecording.row(ownerId, recordingId);
    await this.database.transaction(async (tx) => {
      if (!(await this.deleteRecording.request(tx, recordingId))) throw new NotFound();
      await this.events.publish(tx, new RecordingDeleted(accountId, recordingId, ownerId, requestId));
    });
  }
}
