import { type DynamicModule, Module } from '@nestjs/common';
import { ControlCallsController } from './control/control-calls.controller.js';
import { ControlDatabaseController } from './control/control-database.controller.js';
import { ControlDemoController } from './control/control-demo.controller.js';
import { ControlEventsController } from './control/control-events.controller.js';
import { ControlInboxController } from './control/control-inbox.controller.js';
import { ControlPhonesController } from './control/control-phones.controller.js';
import { ControlSettingsController } from './control/control-settings.controller.js';
import { ControlTextsController } from './control/control-texts.controller.js';
import { InboxRoutes } from './inbox/inbox-routes.js';
import { Inbox } from './inbox/inbox.js';
import { MediaController } from './rest/media.controller.js';
import { RestAccountController } from './rest/rest-account.controller.js';
import { RestApplicationsController } from './rest/rest-applications.controller.js';
import { RestCallsController } from './rest/rest-calls.controller.js';
import { RestMessagesController } from './rest/rest-messages.controller.js';
import { MessageMediaController, RestMediaController } from './rest/rest-media.controller.js';
import { RestNumbersController } from './rest/rest-numbers.controller.js';
import { RestRecordingsController } from './rest/rest-recordings.controller.js';
import { RestRequestsController } from './rest/rest-requests.controller.js';
import { RestSubaccountsController } from './rest/rest-subaccounts.controller.js';
import { Simulator, type SimulatorOptions } from './simulator.js';

/** Serves a simulated Plivo. The Fastify router must ignore trailing slashes, as Plivo's own URLs end in one. */
@Module({})
export class SimulatorModule {
  static register(options: SimulatorOptions): DynamicModule {
    return {
      module: SimulatorModule,
      providers: [
        { provide: Simulator, useFactory: () => new Simulator(options) },
        { provide: Inbox, inject: [Simulator], useFactory: ({ inbox }: Simulator) => inbox },
        InboxRoutes,
      ],
      controllers: [
        RestAccountController,
        RestNumbersController,
        RestApplicationsController,
        RestCallsController,
        RestMessagesController,
        RestRequestsController,
        RestRecordingsController,
        RestSubaccountsController,
        MediaController,
        RestMediaController,
        MessageMediaController,
        ControlCallsController,
        ControlDatabaseController,
        ControlDemoController,
        ControlEventsController,
        ControlInboxController,
        ControlPhonesController,
        ControlSettingsController,
        ControlTextsController,
      ],
      exports: [Simulator],
    };
  }
}
