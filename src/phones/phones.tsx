import { useMemo, useState } from 'react';
import { timeOfDay } from '../design/format.ts';
import { readFacts, type Facts } from '../design/facts.ts';
import { Frame } from '../design/frame.tsx';
import { Icon } from '../design/icons.tsx';
import { useKept } from '../design/kept.ts';
import { Chip } from '../design/small-parts.tsx';
import { texts } from '../design/texts/index.ts';
import { AccountForm } from './account-form.tsx';
import { actsOf } from './acts.ts';
import { Announcer } from './announcer.tsx';
import { Deeds } from './deeds.ts';
import { Exchange, Lane, RouteSentence } from './exchange.tsx';
import { Guide, WithPlivo } from './guide.tsx';
import { Inspector, type TabId } from './inspector.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { LastDeed } from './last-deed.tsx';
import { openPage } from '../design/open-page.tsx';
import type { Role } from './people.ts';
import { Phone } from './phone.tsx';
import { Scene } from './scene.ts';
import { sound } from './sound.ts';
import { Tries } from './tries.tsx';
import { useKeys } from './use-keys.ts';
import { SceneContext, useScene } from './use-scene.ts';
import './phones.css';
import './inspector.css';

const { phones: words } = texts;

function Page({ facts }: { facts: Facts }) {
  const { state, deeds } = useScene();
  const [tab, setTab] = useState<TabId>('timeline');
  const [readCall, setReadCall] = useState<string | null>(null);
  const [areKeysShown, setKeysShown] = useState(false);
  const callUuid = state.call?.call_uuid ?? null;
  const show = (id: TabId): void => {
    setTab(id);
    if (id === 'callbacks') setReadCall(callUuid);
  };
  const read = (): void => {
    show('callbacks');
    lookAtPanel();
  };
  const acts = useMemo(
    () =>
      actsOf(deeds, {
        read,
        focusPhone,
        toggleSound,
        openKeys: () => setKeysShown(true),
      }),
    // What has been read belongs to the call that is shown.
    [deeds, callUuid],
  );
  useKeys(acts);
  const hasRead = callUuid !== null && readCall === callUuid && state.callbacks.length > 0;
  return (
    <Frame facts={facts} page="phones" end={<Ends onKeys={() => setKeysShown(true)} />}>
      <Lost />
      <div className="stage">
        <header>
          <h1>{words.title}</h1>
          <p className="soft">{words.lead}</p>
        </header>
        {state.account === null && <AccountForm />}
        <Guide
          hasRead={hasRead}
          onRead={read}
          onAgain={() => {
            show('timeline');
            void deeds.again();
          }}
        />
        <Stage />
        <RouteSentence />
        <LastDeed />
        <div className="below">
          <Inspector shown={tab} onShow={show} />
          <WithPlivo hasRead={hasRead} />
          <Tries />
        </div>
      </div>
      <Announcer />
      <KeysDialog acts={acts} isOpen={areKeysShown} onClose={() => setKeysShown(false)} />
    </Frame>
  );
}

function Lost() {
  const { link, lostSince } = useScene().state;
  if (link !== 'lost' || lostSince === null) return null;
  return (
    <p className="banner" data-kind="ringing" role="alert">
      {words.lost(timeOfDay(lostSince))}
    </p>
  );
}

function Stage() {
  return (
    <div className="scene">
      <Phone role="first" />
      <Lane of="first" towards="right" />
      <Exchange />
      <Lane of="second" towards="left" />
      <Phone role="second" />
      <Phone role="stranger" />
    </div>
  );
}

function Ends({ onKeys }: { onKeys: () => void }) {
  const { link } = useScene().state;
  const isSoundOn = useKept(sound) === 'on';
  return (
    <>
      <Chip kind={link === 'live' ? 'connected' : 'ringing'}>
        <span aria-hidden="true">●</span>
        {words.live[link]}
      </Chip>
      <button
        type="button"
        className="button quiet"
        aria-pressed={isSoundOn}
        onClick={toggleSound}
        title={words.sound.title}
      >
        <Icon name={isSoundOn ? 'sound' : 'silent'} />
        {isSoundOn ? words.sound.on : words.sound.off}
      </button>
      <button type="button" className="button quiet" onClick={onKeys}>
        {words.keys}
        <kbd aria-hidden="true">?</kbd>
      </button>
    </>
  );
}

function toggleSound(): void {
  sound.set(sound.get() === 'on' ? 'off' : 'on');
}

/** Who asked to read is taken there, eyes and focus. */
function lookAtPanel(): void {
  const panel = document.querySelector<HTMLElement>('.inspector .panel');
  panel?.focus({ preventScroll: true });
  document.querySelector('.inspector')?.scrollIntoView({ block: 'start' });
}

/** To what can be done first on it. */
function focusPhone(role: Role): void {
  document.querySelector<HTMLElement>(`.phone[data-role="${role}"] button:not(:disabled)`)?.focus();
}

const scene = new Scene();
scene.open();
openPage(
  <SceneContext value={{ scene, deeds: new Deeds(scene) }}>
    <Page facts={readFacts()} />
  </SceneContext>,
);
