import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RecordingDeleted } from '../../recording/index.js';
import { Events } from '../../platform/events/events.js';
import { Audit } from './audit.js';

/** What customers delete themselves stands in the audit beside what operators do; the actor is the Auth ID. */
@Injectable()
export class AuditCustomers implements OnModuleInit {
  constructor(
    private readonly events: Events,
    private readonly audit: Audit,
  ) {}

  onModuleInit(): void {
    this.events.subscribe(RecordingDeleted, (tx, { recordingId, deletedBy, requestId }) =>
      this.audit.record(tx, { actor: deletedBy, action: 'recording.deleted', target: recordingId }, { id: requestId }),
    );
  }
}
