import { type DynamicModule, Module } from '@nestjs/common';
import { ControlCallsController } from './control-calls.controller.js';
import { ControlInboxController } from './control-inbox.controller.js';
import { ControlPhonesController } from './control-phones.controller.js';
import { ControlSettingsController } from './control-settings.controller.js';
import { InboxRoutes } from './inbox-routes.js';
import { RestApplicationsController } from './rest-applications.controller.js';
import { RestCallsController } from './rest-calls.controller.js';
import { RestNumbersController } from './rest-numbers.controller.js';
import { MediaController } from './media.controller.js';
import { RestRecordingsController } from './rest-recordings.controller.js';
import { RestRequestsController } from './rest-requests.controller.js';
import { Simulator, type SimulatorOptions } from './simulator.js';

/** Serves a simulated Plivo. The Fastify router must ignore trailing slashes, as Plivo's own URLs end in one. */
@Module({})
export class SimulatorModule {
  static register(options: SimulatorOptions): DynamicModule {
    return {
      module: SimulatorModule,
      providers: [{ provide: Simulator, useFactory: () => new Simulator(options) }, InboxRoutes],
      controllers: [
        RestNumbersController,
        RestApplicationsController,
        RestCallsController,
        RestRequestsController,
        RestRecordingsController,
        MediaController,
        ControlCallsController,
        ControlInboxController,
        ControlPhonesController,
        ControlSettingsController,
      ],
      exports: [Simulator],
    };
  }
}
