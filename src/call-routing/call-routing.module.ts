import { Module } from '@nestjs/common';
import { AccountsModule, SpendModule } from '../accounts/index.js';
import { PlivoModule } from '../plivo/index.js';
import { SessionsModule } from '../sessions/index.js';
import { AnswerCall } from './answer-call.js';
import { AnswerInTime } from './answer-in-time.js';
import { AnswerRequest } from './answer-request.js';
import { ReadCallFacts } from './call-facts.js';
import { CalleeSound } from './callee-sound.js';
import { CheckPin } from './check-pin.js';
import { DirectCall } from './direct-call.js';
import { ExplainRoute } from './explain-route.js';
import { FindCalls } from './find-calls.js';
import { FindLeg } from './find-leg.js';
import { FollowRequest } from './follow-request.js';
import { JoinRecords } from './join-records.js';
import { NoteDial } from './note-dial.js';
import { NoteHangup } from './note-hangup.js';
import { NoteRequest } from './note-request.js';
import { PinLocks } from './pin-locks.js';
import { PlaceRequestedCall } from './place-requested-call.js';
import { PurgeWebhookReceipts } from './purge-webhook-receipts.js';
import { ReadSeat } from './read-seat.js';
import { ReconcileCall } from './reconcile-call.js';
import { RequestCall } from './request-call.js';
import { SessionTimeline } from './session-timeline.js';
import { SpendGuard } from './spend-guard.js';
import { SweepRecords } from './sweep-records.js';
import { WebhooksController } from './webhooks.controller.js';

@Module({
  imports: [AccountsModule, SpendModule, PlivoModule, SessionsModule],
  controllers: [WebhooksController],
  providers: [
    AnswerCall,
    AnswerInTime,
    AnswerRequest,
    CalleeSound,
    CheckPin,
    DirectCall,
    FollowRequest,
    ExplainRoute,
    FindCalls,
    FindLeg,
    JoinRecords,
    NoteDial,
    NoteHangup,
    NoteRequest,
    PinLocks,
    PlaceRequestedCall,
    PurgeWebhookReceipts,
    ReadCallFacts,
    ReadSeat,
    ReconcileCall,
    RequestCall,
    SessionTimeline,
    SpendGuard,
    SweepRecords,
  ],
  exports: [
    AnswerCall,
    ExplainRoute,
    FindCalls,
    FindLeg,
    PurgeWebhookReceipts,
    ReadCallFacts,
    SessionTimeline,
    SweepRecords,
  ],
})
export class CallRoutingModule {}
