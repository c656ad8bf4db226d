import { Module } from '@nestjs/common';
import { AccountsModule, SpendModule } from '../accounts/index.js';
import { PlivoModule } from '../plivo/index.js';
import { SessionsModule } from '../sessions/index.js';
import { AnswerCall } from './answer/answer-call.js';
import { AnswerDeadline } from './answer/answer-deadline.js';
import { ConnectSecondParty } from './requested/connect-second-party.js';
import { ReadCallFacts } from './read/read-call-facts.js';
import { CalleeSound } from './answer/callee-sound.js';
import { AnswerDigits } from './answer/answer-digits.js';
import { CarryOutDecision } from './answer/carry-out-decision.js';
import { ExplainRoute } from './read/explain-route.js';
import { FindCalls } from './read/find-calls.js';
import { FindLeg } from './read/find-leg.js';
import { FindLostEnd } from './requested/find-lost-end.js';
import { JoinRecords } from './records/join-records.js';
import { NoteDial } from './facts/note-dial.js';
import { NoteHangup } from './facts/note-hangup.js';
import { CloseRequest } from './requested/close-request.js';
import { PinLocks } from './pin/pin-locks.js';
import { RingFirstParty } from './requested/ring-first-party.js';
import { PurgeWebhookReceipts } from './facts/purge-webhook-receipts.js';
import { ReadSeat } from './answer/read-seat.js';
import { ReconcileCall } from './records/reconcile-call.js';
import { RequestCall } from './requested/request-call.js';
import { SessionTimeline } from './read/session-timeline.js';
import { ReserveSpend } from './answer/reserve-spend.js';
import { SweepRecords } from './records/sweep-records.js';
import { WebhooksController } from './webhooks.controller.js';

@Module({
  imports: [AccountsModule, SpendModule, PlivoModule, SessionsModule],
  controllers: [WebhooksController],
  providers: [
    AnswerCall,
    AnswerDeadline,
    ConnectSecondParty,
    CalleeSound,
    AnswerDigits,
    CarryOutDecision,
    FindLostEnd,
    ExplainRoute,
    FindCalls,
    FindLeg,
    JoinRecords,
    NoteDial,
    NoteHangup,
    CloseRequest,
    PinLocks,
    RingFirstParty,
    PurgeWebhookReceipts,
    ReadCallFacts,
    ReadSeat,
    ReconcileCall,
    RequestCall,
    SessionTimeline,
    ReserveSpend,
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
