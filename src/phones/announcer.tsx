import { useEffect, useRef, useState } from 'react';
import { groupedNumber } from '../design/format.ts';
import { texts } from '../design/texts/index.ts';
import { ROLES } from './people.ts';
import type { State } from './scene.ts';
import { ring, say, sound } from './sound.ts';
import { endingInWords, faceOf, isTalking, ringingRole } from './story.ts';
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

type News = (before: State, now: State) => string | null;

const newSession: News = (before, { session }) =>
  session === null || session.session_uuid === before.session?.session_uuid
    ? null
    : words.created(groupedNumber(session.virtual_number));

const newRinging: News = (before, now) => {
  const rings = ringingRole(now);
  const face = rings === null ? null : faceOf(now, rings);
  if (rings === null || face?.kind !== 'ringing' || ringingRole(before) === rings) return null;
  return words.ringing(inSentence[rings], groupedNumber(face.shown));
};

const newTalk: News = (before, now) => (isTalking(now) && !isTalking(before) ? words.talking : null);

const newEnd: News = (before, { call }) => {
  const own = call?.status === 'ended' && before.call?.status !== 'ended' ? call.legs[0] : undefined;
  return own === undefined ? null : words.ended(endingInWords(own));
};

const newCallbacks: News = (before, { call, callbacks }) =>
  call?.status === 'ended' && callbacks.length > before.callbacks.length ? words.callbacks(callbacks.length) : null;

const newText: News = (before, now) => {
  const role = ROLES.find(
    (one) => (now.phones[one]?.texts.length ?? 0) > (before.phones[one]?.texts.length ?? Infinity),
  );
  const text = role === undefined ? undefined : now.phones[role]?.texts.at(-1);
  return role === undefined || text === undefined ? null : words.texted(inSentence[role], groupedNumber(text.from));
};

/** The weightiest first. */
const ALL_NEWS = [newSession, newRinging, newTalk, newEnd, newText, newCallbacks];

function newsBetween(before: State, now: State): string | null {
  return ALL_NEWS.map((news) => news(before, now)).find((news) => news !== null) ?? null;
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
