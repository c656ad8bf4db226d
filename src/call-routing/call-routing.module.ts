import { Module } from '@nestjs/common';
import { AccountsModule, SpendModule } from '../accounts/index.js';
import { PlivoModule } from '../plivo/index.js';
import { SessionsModule } from '../sessions/index.js';
import { AnswerCall } from './answer/answer-call.js';
import { AnswerDeadline } from './answer/answer-deadline.js';
import { AnswerDigits } from './answer/answer-digits.js';
import { CallBook } from './answer/call-book.js';
import { CalleeSound } from './answer/callee-sound.js';
import { ReadCaller } from './answer/read-caller.js';
import { ReadSeat } from './answer/read-seat.js';
import { ReserveSpend } from './answer/reserve-spend.js';
import { Rush } from './answer/rush.js';
import { ShedAnswers } from './answer/shed-answers.js';
import { NoteDial } from './facts/note-dial.js';
import { NoteHangup } from './facts/note-hangup.js';
import { PurgeWebhookReceipts } from './facts/purge-webhook-receipts.js';
import { SetUpCauses } from './facts/set-up-causes.js';
import { EraseCalls } from './erase-calls.js';
import { ForgetCalls } from './forget-calls.js';
import { JudgePin } from './pin/judge-pin.js';
import { PinLocks } from './pin/pin-locks.js';
import { PurgePinLocks } from './pin/purge-pin-locks.js';
import { ReindexPinFailures } from './pin/reindex-pin-failures.js';
import { CountActiveCalls } from './read/count-active-calls.js';
import { CountOutcomes } from './read/count-outcomes.js';
import { ExplainRoute } from './read/explain-route.js';
import { FindCalls } from './read/find-calls.js';
import { FindLeg } from './read/find-leg.js';
import { ListLegs } from './read/list-legs.js';
import { ReadCallCountries } from './read/call-countries.js';
import { ReadCallFacts } from './read/read-call-facts.js';
import { ReindexCalls } from './read/reindex-calls.js';
import { SessionTimeline } from './read/session-timeline.js';
import { JoinRecords } from './records/join-records.js';
import { ReconcileCall } from './records/reconcile-call.js';
import { SweepRecords } from './records/sweep-records.js';
import { CloseRequest } from './requested/close-request.js';
import { ConnectSecondParty } from './requested/connect-second-party.js';
import { FindLostEnd } from './requested/find-lost-end.js';
import { NoteRinging } from './requested/note-ringing.js';
import { RequestCall } from './requested/request-call.js';
import { RingTonesController } from './ring-tones.controller.js';
import { RequestWebhooksController } from './requested/request-webhooks.controller.js';
import { RingFirstParty } from './requested/ring-first-party.js';
import { WebhooksController } from './webhooks.controller.js';

const FACTS = [NoteDial, NoteHangup, PurgeWebhookReceipts, SetUpCauses];
const RECORDS = [JoinRecords, ReconcileCall, SweepRecords];
const PIN = [JudgePin, PinLocks, PurgePinLocks, ReindexPinFailures];
const RUSH = [Rush, ShedAnswers];
const ANSWER = [AnswerCall, AnswerDeadline, AnswerDigits, CallBook, CalleeSound, ReadCaller, ReadSeat, ReserveSpend];
const REQUESTED = [CloseRequest, ConnectSecondParty, FindLostEnd, NoteRinging, RequestCall, RingFirstParty];
const READ = [
  CountActiveCalls,
  CountOutcomes,
  ExplainRoute,
  FindCalls,
  FindLeg,
  ListLegs,
  ReadCallCountries,
  ReadCallFacts,
  ReindexCalls,
  SessionTimeline,
];

/** The rooms in their order: each may call those before it. */
@Module({
  imports: [AccountsModule, SpendModule, PlivoModule, SessionsModule],
  controllers: [WebhooksController, RequestWebhooksController, RingTonesController],
  providers: [ForgetCalls, EraseCalls, ...FACTS, ...RECORDS, ...PIN, ...RUSH, ...ANSWER, ...REQUESTED, ...READ],
  exports: [...READ, ForgetCalls, EraseCalls, PurgePinLocks, PurgeWebhookReceipts, ShedAnswers, SweepRecords],
})
export class CallRoutingModule {}
