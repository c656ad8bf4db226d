import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { NoticeKind } from '../accounts/index.js';
import { Metrics } from '../platform/metrics.js';
import type { ForwardState } from './join-reports.js';
import { reasonOf, type TextDecision } from './text-decision.js';

/** What became of texts, without anybody's number or a word of them. */
@Injectable()
export class CountTexts {
  private readonly texts: Counter<'decision' | 'reason'>;
  private readonly forwards: Counter<'state'>;
  private readonly notices: Counter<'kind' | 'state'>;

  constructor(metrics: Metrics) {
    const registers = [metrics.registry];
    this.texts = new Counter({
      name: 'masking_messages_total',
      help: 'Texts to virtual numbers, by what was decided about them and why; off: of an account without texts.',
      labelNames: ['decision', 'reason'],
      registers,
    });
    this.forwards = new Counter({
      name: 'masking_message_forwards_total',
      help: 'Texts that were to be passed on, by where they came to.',
      labelNames: ['state'],
      registers,
    });
    this.notices = new Counter({
      name: 'masking_message_notices_total',
      help: 'Sentences of ours to who has written, by their occasion and where they came to.',
      labelNames: ['kind', 'state'],
      registers,
    });
  }

  decided(decision: TextDecision): void {
    this.texts.inc({ decision: decision.decision, reason: reasonOf(decision) ?? '' });
  }

  dropped(): void {
    this.texts.inc({ decision: 'refuse', reason: 'off' });
  }

  noticed(kind: NoticeKind, state: ForwardState): void {
    this.notices.inc({ kind, state });
  }

  forwarded(state: ForwardState): void {
    this.forwards.inc({ state });
  }
}
