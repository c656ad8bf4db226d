import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { CAUSES_OF_SET_UP, hangupCauseInWords, isOfSetUp } from '../../plivo/index.js';
import { Log } from '../../platform/logging/logger.js';
import { Metrics } from '../../platform/metrics.js';

/** Tells the operator of legs that ended for a reason in the set-up: such a reason ends the next call too. */
@Injectable()
export class SetUpCauses {
  private readonly legs: Counter<'cause'>;

  constructor(
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.legs = new Counter({
      name: 'masking_set_up_causes_total',
      help: "Legs that Plivo ended for a reason in the set-up, not in people, by Plivo's hang-up cause code.",
      labelNames: ['cause'],
      registers: [metrics.registry],
    });
    // A rule that asks for the increase sees nothing of a series that begins with its first leg.
    for (const cause of CAUSES_OF_SET_UP) this.legs.inc({ cause }, 0);
  }

  note(legUuid: string, code: number | null): void {
    if (code === null || !isOfSetUp(code)) return;
    this.legs.inc({ cause: code });
    this.log.warn('call.set_up_cause', { leg_uuid: legUuid, cause: code, words: hangupCauseInWords(code) });
  }
}
