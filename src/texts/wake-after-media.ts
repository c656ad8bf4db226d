import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MediaSettled } from '../text-media/index.js';
import { Events } from '../platform/events/events.js';
import { selection } from '../platform/database/rows.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { FORWARD, laneKey } from './text-lanes.js';
import { FORWARDS } from './text.entity.js';

const LANE = selection(FORWARDS.pick(['accountId', 'sessionId', 'senderRole']));

/** Has a text sent as soon as its pictures are here. */
@Injectable()
export class WakeAfterMedia implements OnModuleInit {
  constructor(
    private readonly events: Events,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.events.subscribe(MediaSettled, async (tx, { forwardId }) => {
      const [lane] = await LANE.read(tx, 'FROM text_forward WHERE id = ?', [forwardId]);
      if (lane) await this.jobs.enqueue(tx, FORWARD, lane, { key: laneKey(lane), sooner: true });
    });
  }
}
