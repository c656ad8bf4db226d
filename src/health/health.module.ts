import { Module } from '@nestjs/common';
import { Draining } from './draining.js';
import { HealthController } from './health.controller.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

@Module({
  controllers: [HealthController],
  providers: [Draining, Readiness, Metrics],
  exports: [Draining, Metrics],
})
export class HealthModule {}
