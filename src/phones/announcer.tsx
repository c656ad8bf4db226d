import { useEffect, useRef, useState } from 'react';
import { groupedNumber } from '../design/format.ts';
import { texts } from '../design/texts/index.ts';
import type { State } from './scene.ts';
import { ring, say, sound } from './sound.ts';
import { endingInWords, faceOf, ringingRole } from './story.ts';
import { useKept } from '../design/kept.ts';
import { useScene } from './use-scene.ts';

const { said: words, inSentence } = texts.phones;

/** Says aloud what others see happen: to screen readers in words, and by sound where that is on. */
export function Announcer() {
  const { state } = useScene();
  const [sentence, setSentence] = useState('');
  const before = useRef<State>(state);
  const isSoundOn = useKept(sound) === 'on';
  useEffect(() => {
    const news = newsBetween(before.current, state);
    const heard = heardSince(before.current, state);
    before.current = state;
    if (news !== null) setSentence(news);
    for (const text of heard) say(text);
  }, [state]);
  const rings = ringingRole(state);
  useEffect(() => {
    // Where the phones stand below each other, nobody should have to look for the one that rings.
    if (rings === null || !matchMedia('(max-width: 760px)').matches) return;
    const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
    document.querySelector(`.phone[data-role="${rings}"]`)?.scrollIntoView({ block: 'center', behavior });
  }, [rings]);
  useEffect(() => {
    ring(rings !== null);
    return () => ring(false);
  }, [rings, isSoundOn]);
  return (
    <p className="unseen" role="status">
      {sentence}
    </p>
  );
}

function newsBetween(before: State, now: State): string | null {
  if (now.session !== null && now.session.session_uuid !== before.session?.session_uuid)
    return words.created(groupedNumber(now.session.virtual_number));
  const rings = ringingRole(now);
  const face = rings === null ? null : faceOf(now, rings);
  if (rings !== null && face?.kind === 'ringing' && ringingRole(before) !== rings)
    return words.ringing(inSentence[rings], groupedNumber(face.shown));
  if (now.call?.status === 'bridged' && before.call?.status !== 'bridged') return words.talking;
  const ended = now.call?.status === 'ended' ? now.call.legs[0] : undefined;
  if (ended !== undefined && before.call?.status !== 'ended') return words.ended(endingInWords(ended));
  const isOver = now.call?.status === 'ended';
  return isOver && now.callbacks.length > before.callbacks.length ? words.callbacks(now.callbacks.length) : null;
}

function heardSince(before: State, now: State): string[] {
  const heard = (state: State) =>
    [...Object.values(state.phones), state.withheld].flatMap((phone) => phone?.captions ?? []);
  const known = heard(before).length;
  return known === 0 && before.clock === null
    ? []
    : heard(now)
        .slice(known)
        .flatMap(({ kind, text }) => (kind === 'speak' ? [text] : []));
}
