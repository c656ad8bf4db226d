import { Baseline1763900000001 } from '../migrations/1763900000001-baseline.js';
import { AddRenewalsToSession1764000000001 } from '../migrations/1764000000001-add-renewals-to-session.js';
import { IndexResourceLists1764000000101 } from '../migrations/1764000000101-index-resource-lists.js';
import { IndexPromptedCalls1764000000201 } from '../migrations/1764000000201-index-prompted-calls.js';
import { AddRecountProgress1764000000301 } from '../migrations/1764000000301-add-recount-progress.js';
import { AddPartyReindex1764100000001 } from '../migrations/1764100000001-add-party-reindex.js';
import { AddApplicationToVirtualNumber1764200000001 } from '../migrations/1764200000001-add-application-to-virtual-number.js';
import { AddDoubtedListing1764200000101 } from '../migrations/1764200000101-add-doubted-listing.js';
import { AddSubaccountAtPlivo1764200000201 } from '../migrations/1764200000201-add-subaccount-at-plivo.js';
import { AddRefusedWebhook1764200000301 } from '../migrations/1764200000301-add-refused-webhook.js';
import { AddPinGate1764200000401 } from '../migrations/1764200000401-add-pin-gate.js';
import { AddPinLength1764300000001 } from '../migrations/1764300000001-add-pin-length.js';
import { AddDailyCaps1764310000001 } from '../migrations/1764310000001-add-daily-caps.js';
import { AddSubaccountToCallLeg1764320000001 } from '../migrations/1764320000001-add-subaccount-to-call-leg.js';
import { AddLeadToVirtualNumber1764320000011 } from '../migrations/1764320000011-add-lead-to-virtual-number.js';
import { KeepSessionCounts1764400000001 } from '../migrations/1764400000001-keep-session-counts.js';
import { WidenSessionIndexes1764400000002 } from '../migrations/1764400000002-widen-session-indexes.js';
import { KeepPoolFigures1764400000003 } from '../migrations/1764400000003-keep-pool-figures.js';
import { AddRetentionToAccount1764410000001 } from '../migrations/1764410000001-add-retention-to-account.js';
import { IndexEndedSessions1764410000011 } from '../migrations/1764410000011-index-ended-sessions.js';
import { AddForgottenStat1764410000021 } from '../migrations/1764410000021-add-forgotten-stat.js';
import { AddProcess1764420000001 } from '../migrations/1764420000001-add-process.js';
import { AddHolderToScheduledTask1764420000011 } from '../migrations/1764420000011-add-holder-to-scheduled-task.js';
import { AddHolds1764440000001 } from '../migrations/1764440000001-add-holds.js';
import { AddOperator1764450000001 } from '../migrations/1764450000001-add-operator.js';
import { ChainAudit1764450000011 } from '../migrations/1764450000011-chain-audit.js';
import { MakeCallsFindable1764450010001 } from '../migrations/1764450010001-make-calls-findable.js';
import { AddCallReindex1764450010002 } from '../migrations/1764450010002-add-call-reindex.js';
import { AddErasure1764450020001 } from '../migrations/1764450020001-add-erasure.js';
import { AddSubjectToIdempotencyKey1764450020002 } from '../migrations/1764450020002-add-subject-to-idempotency-key.js';
import { SplitStats1764450030001 } from '../migrations/1764450030001-split-stats.js';
import { AddAccountStatus1764450040001 } from '../migrations/1764450040001-add-account-status.js';
import { AddSubscription1764450050001 } from '../migrations/1764450050001-add-subscription.js';
import { KeepPoolPeaks1764450050002 } from '../migrations/1764450050002-keep-pool-peaks.js';
import { KeepNumberFacts1764450050003 } from '../migrations/1764450050003-keep-number-facts.js';
import { AddConsoleLogin1796000000001 } from '../migrations/1796000000001-add-console-login.js';
import { AddTextsToVirtualNumber1796000500001 } from '../migrations/1796000500001-add-texts-to-virtual-number.js';
import { AddTexts1796000500002 } from '../migrations/1796000500002-add-texts.js';
import { AddDatabaseMove1796100200001 } from '../migrations/1796100200001-add-database-move.js';
import { AddTextOptOuts1796100300001 } from '../migrations/1796100300001-add-text-opt-outs.js';
import { AddTextNotices1796100300002 } from '../migrations/1796100300002-add-text-notices.js';
import { PriceNotices1796100600001 } from '../migrations/1796100600001-price-notices.js';
import { LookForNotices1796101000001 } from '../migrations/1796101000001-look-for-notices.js';
import { AddTextMedia1796102000001 } from '../migrations/1796102000001-add-text-media.js';
import { AddMessagingDefaultToSubaccount1796104000001 } from '../migrations/1796104000001-add-messaging-default-to-subaccount.js';
import { FindTexts1796104000002 } from '../migrations/1796104000002-find-texts.js';
import { FindAudit1796105000001 } from '../migrations/1796105000001-find-audit.js';
import { KeepWhoIsRung1796106000002 } from '../migrations/1796106000002-keep-who-is-rung.js';
import { AllowRecordingsOfACall1796106000001 } from '../migrations/1796106000001-allow-recordings-of-a-call.js';
import { AddHoldsToMaskedCall1796108000001 } from '../migrations/1796108000001-add-holds-to-masked-call.js';
import { CompareByBytes1796108000002 } from '../migrations/1796108000002-compare-by-bytes.js';
import { KeepLastSuccess1796000400001 } from '../migrations/1796000400001-keep-last-success.js';
import { AddSearchKey1796100100001 } from '../migrations/1796100100001-add-search-key.js';
import { NameKeysOfProcess1796100100002 } from '../migrations/1796100100002-name-keys-of-process.js';
import { CountTexts1796100400001 } from '../migrations/1796100400001-count-texts.js';
import { PriceTexts1796100400002 } from '../migrations/1796100400002-price-texts.js';
import { KeepTexts1796100400003 } from '../migrations/1796100400003-keep-texts.js';

/** All there are, in whatever order: TypeORM runs them by their timestamps. */
export const migrations = [
  Baseline1763900000001,
  AddRenewalsToSession1764000000001,
  IndexResourceLists1764000000101,
  IndexPromptedCalls1764000000201,
  AddRecountProgress1764000000301,
  AddPartyReindex1764100000001,
  AddApplicationToVirtualNumber1764200000001,
  AddDoubtedListing1764200000101,
  AddSubaccountAtPlivo1764200000201,
  AddRefusedWebhook1764200000301,
  AddPinGate1764200000401,
  AddPinLength1764300000001,
  AddDailyCaps1764310000001,
  AddSubaccountToCallLeg1764320000001,
  AddLeadToVirtualNumber1764320000011,
  AddProcess1764420000001,
  AddHolderToScheduledTask1764420000011,
  AddRetentionToAccount1764410000001,
  IndexEndedSessions1764410000011,
  AddForgottenStat1764410000021,
  KeepSessionCounts1764400000001,
  WidenSessionIndexes1764400000002,
  KeepPoolFigures1764400000003,
  AddHolds1764440000001,
  AddOperator1764450000001,
  ChainAudit1764450000011,
  AddAccountStatus1764450040001,
  MakeCallsFindable1764450010001,
  AddCallReindex1764450010002,
  AddErasure1764450020001,
  AddSubjectToIdempotencyKey1764450020002,
  SplitStats1764450030001,
  AddSubscription1764450050001,
  KeepPoolPeaks1764450050002,
  KeepNumberFacts1764450050003,
  AddConsoleLogin1796000000001,
  AddTextsToVirtualNumber1796000500001,
  AddTexts1796000500002,
  KeepLastSuccess1796000400001,
  AddSearchKey1796100100001,
  NameKeysOfProcess1796100100002,
  AddDatabaseMove1796100200001,
  CountTexts1796100400001,
  PriceTexts1796100400002,
  KeepTexts1796100400003,
  AddTextOptOuts1796100300001,
  AddTextNotices1796100300002,
  PriceNotices1796100600001,
  LookForNotices1796101000001,
  AddTextMedia1796102000001,
  AddMessagingDefaultToSubaccount1796104000001,
  FindTexts1796104000002,
  FindAudit1796105000001,
  AllowRecordingsOfACall1796106000001,
  KeepWhoIsRung1796106000002,
  AddHoldsToMaskedCall1796108000001,
  CompareByBytes1796108000002,
];
