import { describe, expect, it } from '@jest/globals';
import type { ForwardState } from './join-reports.js';
import { stateOfText, type ToldText } from './text-state.js';

/** A text with the messages that it was sent on in, each with a reason and a code of its own. */
const found = (decision: string, ...states: ForwardState[]) =>
  ({
    text: { decision, reason: 'of the text' },
    forwards: states.map((state, index) => ({ state, reason: `${state} ${index}`, errorCode: index })),
  }) as unknown as ToldText;
const stateOf = (...states: ForwardState[]) => stateOfText(found('forward', ...states)).state;

describe('what became of a text', () => {
  it('is said without messages where it was not sent on', () => {
    expect(stateOfText(found('wait'))).toEqual({ state: 'waiting', reason: null, errorCode: null });
    expect(stateOfText(found('refuse'))).toEqual({ state: 'refused', reason: 'of the text', errorCode: null });
    expect(stateOfText(found('forward'))).toEqual({ state: 'pending', reason: null, errorCode: null });
  });

  it.each<[ForwardState, string]>([
    ['pending', 'pending'],
    ['sending', 'pending'],
    ['unknown', 'unknown'],
    ['unconfirmed', 'unconfirmed'],
    ['rejected', 'rejected'],
    ['accepted', 'accepted'],
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['undelivered', 'undelivered'],
    ['failed', 'failed'],
  ])('is, of one message that is %s, %s', (state, expected) => {
    expect(stateOf(state)).toBe(expected);
  });

  it('is the worst that any of its messages came to, with its reason and code', () => {
    const worstFirst: ForwardState[] = ['failed', 'undelivered', 'rejected', 'unconfirmed', 'unknown'];
    for (const [index, worst] of worstFirst.entries()) {
      const others = worstFirst.slice(index + 1);
      expect(stateOf('delivered', ...others, 'sent', worst)).toBe(worst);
    }
    expect(stateOfText(found('forward', 'delivered', 'failed'))).toEqual({
      state: 'failed',
      reason: 'failed 1',
      errorCode: 1,
    });
  });

  it('is on its way while any of its messages is', () => {
    expect(stateOf('delivered', 'sent')).toBe('sent');
    expect(stateOf('delivered', 'sending')).toBe('pending');
    expect(stateOf('delivered', 'delivered')).toBe('delivered');
  });
});
