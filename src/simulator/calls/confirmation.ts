import type { Timer } from '../rules/timers.js';
import { failCall } from './call-ending.js';
import type { Call, Leg } from './call.js';
import { NOT_CONFIRMED, type Ending } from './hangup-causes.js';
import { play, type Sound } from './sound.js';
import { typeAtPrompt } from './typing.js';
import type { World } from './world.js';

export interface ConfirmPlan {
  /** Null when there is no sound to be had. */
  sound: () => Promise<readonly Sound[] | null>;
  /** What the called person has to press; null lets everybody through who hears the sound to its end, where this Plivo does so. */
  key: string | null;
  timeoutMs: number;
}

/**
 * What a person who answered hears and presses before being connected. Without its sound it is passed at once, key or not, as the
 * switch underneath Plivo plays and asks in one step.
 */
export class Confirmation {
  private limit: Timer | null = null;
  private stopListening: () => void = () => undefined;
  private stopSound: () => void = () => undefined;
  private isStopped = false;

  constructor(
    private readonly world: World,
    private readonly parties: { call: Call; leg: Leg },
    private readonly plan: ConfirmPlan,
    private readonly outcome: { passed: () => void; failed: (ending: Ending) => void },
  ) {}

  start(): void {
    const { world, plan, parties } = this;
    if (this.needsKey) this.limit = world.timers.after(plan.timeoutMs, () => this.outcome.failed(NOT_CONFIRMED));
    plan
      .sound()
      .then((sounds) => this.ask(sounds ?? []))
      .catch((error: unknown) => failCall(world, parties.call, error));
  }

  /** Without a key to press, such a Plivo waits in vain for one. */
  private get needsKey(): boolean {
    return this.plan.key !== null || this.world.settings.confirm_without_key === 'fails';
  }

  stop(): void {
    this.isStopped = true;
    this.limit?.cancel();
    this.stopListening();
    this.stopSound();
  }

  private ask(sounds: readonly Sound[]): void {
    const { world, parties, plan } = this;
    if (this.isStopped) return;
    if (sounds.length === 0) {
      this.outcome.passed();
      return;
    }
    if (plan.key !== null) {
      this.stopListening = parties.leg.keypad.listen((key) => {
        if (key === plan.key) this.outcome.passed();
      });
    }
    this.stopSound = play(world, parties, sounds, () => {
      if (!this.needsKey) this.outcome.passed();
      else typeAtPrompt(world, parties.call, parties.leg);
    });
  }
}
