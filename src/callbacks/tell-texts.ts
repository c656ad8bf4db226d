import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountSettings } from '../accounts/index.js';
import type { SessionRecord } from '../sessions/index.js';
import { ForwardTurned, PartyOpted, TextRefused, TextTaken, type DecidedText } from '../texts/index.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { AddCallback } from './add-callback.js';
import { CallbackTarget } from './callback-target.js';
import { optEvent, textEvent, textOutcomeEvent, textRefusedEvent, type CallbackPayload } from './contract.js';

const OUTCOMES = {
  sent: 'SessionMessageForwarded',
  delivered: 'SessionMessageDelivered',
  failed: 'SessionMessageFailed',
} as const;

/** Tells customers of texts, at `message_callback_url`, each thing once in the transaction that learns of it; and what was written only where they want it. */
@Injectable()
export class TellTexts implements OnModuleInit {
  constructor(
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly target: CallbackTarget,
    private readonly addCallback: AddCallback,
    private readonly accountSettings: AccountSettings,
  ) {}

  onModuleInit(): void {
    this.events.subscribe(TextTaken, async (tx, { text, units, words }) => {
      const { text_in_callbacks: isWanted } = await this.accountSettings.within(tx, text.session.accountId);
      await this.tell(tx, text.session, textEvent(this.occasionOf(text), text, units, isWanted ? words : null));
    });
    this.events.subscribe(TextRefused, (tx, { text, reason }) =>
      this.tell(tx, text.session, textRefusedEvent(this.occasionOf(text), text, reason)),
    );
    this.events.subscribe(PartyOpted, (tx, { session, role, kind, at }) => {
      const occasion = { at, callId: null, from: session.parties[role] ?? '', to: '' };
      const event = kind === 'out' ? 'SessionMessageOptedOut' : 'SessionMessageOptedIn';
      return this.tell(tx, session, optEvent(event, occasion));
    });
    this.events.subscribe(ForwardTurned, async (tx, { accountId, sessionId, outcome, told }) => {
      const target = await this.target.find(tx, accountId, sessionId, 'message');
      const occasion = { at: this.clock.now(), callId: null, from: told.from, to: told.to };
      if (target) await this.addCallback.run(tx, target, textOutcomeEvent(OUTCOMES[outcome], occasion, told));
    });
  }

  /** Of a session whose row is held. */
  private async tell(tx: Tx, session: SessionRecord, payload: CallbackPayload): Promise<void> {
    const target = this.target.of(session, 'message');
    if (target) await this.addCallback.run(tx, target, payload);
  }

  private occasionOf({ session: { parties }, role }: DecidedText) {
    const to = role === 'first' ? parties.second : parties.first;
    return { at: this.clock.now(), callId: null, from: parties[role] ?? '', to: to ?? '' };
  }
}
