import { Injectable, type OnModuleInit } from '@nestjs/common';
import { forgetHolds } from '../number-pool/index.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';

export const RELEASE_PLACES = 'people.release-places';

/** Forgets which numbers the other parties of erased sessions had, once those have cooled off: nobody else finds these rows. */
@Injectable()
export class ReleasePlaces implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<{ sessionIds: string[] }>(RELEASE_PLACES, { leaseSeconds: 60 }, ({ sessionIds }) =>
      this.run(sessionIds),
    );
  }

  async run(sessionIds: string[]): Promise<void> {
    await this.database.transaction((tx) => forgetHolds(tx, this.database, sessionIds, this.clock.now()));
  }
}
