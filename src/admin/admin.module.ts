import { Module } from '@nestjs/common';
import { AccountsModule, SpendModule } from '../accounts/index.js';
import { AlertsModule } from '../alerts/index.js';
import { BillingStatsModule } from '../billing-stats/index.js';
import { CallbacksModule } from '../callbacks/index.js';
import { CallRoutingModule } from '../call-routing/index.js';
import { DoctorModule } from '../doctor/index.js';
import { NumberPoolModule } from '../number-pool/index.js';
import { PeopleModule } from '../people/index.js';
import { PlivoModule } from '../plivo/index.js';
import { RecordingModule } from '../recording/index.js';
import { SchedulerModule } from '../scheduler/index.js';
import { SessionsModule } from '../sessions/index.js';
import { TextsModule } from '../texts/index.js';
import { AccountSettingsController } from './accounts/account-settings.controller.js';
import { AccountsController } from './accounts/accounts.controller.js';
import { AdminSessionsController } from './sessions/admin-sessions.controller.js';
import { ExtendSessionController } from './sessions/extend-session.controller.js';
import { AdminGuard } from './admin.guard.js';
import { AdmitOperator } from './access/admit-operator.js';
import { ConsoleLogins } from './access/console-logins.js';
import { KnownOperators } from './access/known-operators.js';
import { NumberGuesses } from './access/number-guesses.js';
import { AuditCustomers } from './audit/audit-customers.js';
import { VerifyAudit } from './audit/audit-chain.js';
import { AuditController } from './audit/audit.controller.js';
import { PurgeAudit } from './audit/purge-audit.js';
import { Audit } from './audit/audit.js';
import { CallbacksController } from './callbacks/callbacks.controller.js';
import { ListenController } from './callbacks/listen.controller.js';
import { CallsController } from './calls/calls.controller.js';
import { MessagesController } from './messages/messages.controller.js';
import { InvoicesController } from './invoices/invoices.controller.js';
import { JobsController } from './jobs/jobs.controller.js';
import { NumbersController } from './numbers/numbers.controller.js';
import { EventsController } from './events/events.controller.js';
import { ConsoleEvents } from './events/console-events.js';
import { WatchChanges } from './events/watch-changes.js';
import { LoginController } from './login/login.controller.js';
import { MeController } from './login/me.controller.js';
import { OperatorsController } from './operators/operators.controller.js';
import { Operators } from './operators/operators.js';
import { OptOutsController } from './opt-outs/opt-outs.controller.js';
import { PeopleController } from './people/people.controller.js';
import { PoolHealthController } from './numbers/pool-health.controller.js';
import { PoolPlanController } from './numbers/pool-plan.controller.js';
import { PoolController } from './numbers/pool.controller.js';
import { LookBack } from './reading/look-back.js';
import { ReadNumber } from './reading/read-number.js';
import { ReadParty } from './reading/read-party.js';
import { ReadPerson } from './reading/read-person.js';
import { ReceiversController } from './receivers/receivers.controller.js';
import { RecordingSoundController } from './recordings/recording-sound.controller.js';
import { RecordingsController } from './recordings/recordings.controller.js';
import { RouteController } from './route/route.controller.js';
import { SearchAll } from './search/search-all.js';
import { SearchController } from './search/search.controller.js';
import { ImportController } from './accounts/import.controller.js';
import { SpendController } from './accounts/spend.controller.js';
import { OutcomesController } from './stats/outcomes.controller.js';
import { StatsController } from './stats/stats.controller.js';
import { SubaccountsController } from './accounts/subaccounts.controller.js';
import { PlivoTokenController } from './accounts/plivo-token.controller.js';
import { SubscriptionsController } from './subscriptions/subscriptions.controller.js';
import { SystemController } from './system/system.controller.js';
import { TokensController } from './accounts/tokens.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

@Module({
  imports: [
    AccountsModule,
    SpendModule,
    PlivoModule,
    NumberPoolModule,
    SessionsModule,
    CallRoutingModule,
    TextsModule,
    RecordingModule,
    BillingStatsModule,
    CallbacksModule,
    PeopleModule,
    AlertsModule,
    SchedulerModule,
    DoctorModule,
  ],
  controllers: [
    AccountsController,
    AccountSettingsController,
    ImportController,
    TokensController,
    PlivoTokenController,
    SubaccountsController,
    JobsController,
    NumbersController,
    PoolController,
    PeopleController,
    PoolHealthController,
    PoolPlanController,
    AdminSessionsController,
    ExtendSessionController,
    ListenController,
    CallbacksController,
    CallsController,
    InvoicesController,
    MessagesController,
    ReceiversController,
    RecordingsController,
    RouteController,
    SearchController,
    SpendController,
    StatsController,
    OutcomesController,
    SubscriptionsController,
    SystemController,
    WebhooksController,
    AuditController,
    OperatorsController,
    OptOutsController,
    MeController,
    LoginController,
    EventsController,
    RecordingSoundController,
  ],
  providers: [
    AdminGuard,
    KnownOperators,
    ConsoleLogins,
    AdmitOperator,
    NumberGuesses,
    ConsoleEvents,
    WatchChanges,
    Operators,
    Audit,
    AuditCustomers,
    PurgeAudit,
    VerifyAudit,
    ReadNumber,
    LookBack,
    ReadParty,
    ReadPerson,
    SearchAll,
  ],
})
export class AdminModule {}
