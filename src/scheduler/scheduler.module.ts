import { Module } from '@nestjs/common';
import { CallRoutingModule } from '../call-routing/index.js';
import { NumberPoolModule } from '../number-pool/index.js';
import { SessionsModule } from '../sessions/index.js';
import { ScheduledTasks } from './scheduled-tasks.js';
import { Scheduler } from './scheduler.js';

@Module({
  imports: [NumberPoolModule, SessionsModule, CallRoutingModule],
  providers: [Scheduler, ScheduledTasks],
  exports: [Scheduler],
})
export class SchedulerModule {}
