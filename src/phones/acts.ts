import { texts } from '../design/texts/index.ts';
import { curlLine, type Account, type Request } from './curl.ts';
import { OUTAGE_SECONDS, PIN_BODY, SPELLED_BODY, type Deeds } from './deeds.ts';
import { SESSION_BODY, type Role } from './people.ts';
import { TRIALS } from './text-deeds.ts';
import { secondsLeft, type Scene, type State } from './scene.ts';
import { isTalking, numberAt, ringingRole } from './story.ts';

/** What has a letter of its own. The same deed has a button, and a request that a terminal can make. */
export interface Act {
  key: string;
  name: string;
  run: (role: Role | null) => void;
  requests: (state: State, scene: Scene) => readonly Request[];
}

export interface PageActs {
  read: () => void;
  focusPhone: (role: Role) => void;
  toggleSound: () => void;
  openKeys: () => void;
}

const control = (method: Request['method'], path: string, body?: unknown): Request => ({
  method,
  path: `/simulator/control${path}`,
  ...(body !== undefined && { body }),
});

const act = (key: string, name: string, run: Act['run'], requests: Act['requests'] = () => []): Act => ({
  key,
  name,
  run,
  requests,
});

/** `role` of a key that was pressed within a phone is that phone's. */
export function actsOf(deeds: Deeds, page: PageActs): readonly Act[] {
  const { keysDialog } = texts.inspector;
  return [
    ...callingActs(deeds, page),
    ...(['first', 'second', 'stranger'] as const).map((role, index) =>
      act(
        String(index + 1),
        `${keysDialog.focusPhone}: ${texts.phones.roles[role]}`,
        () => page.focusPhone(role),
        (state) => [control('GET', `/phones/${state.people[role]}`)],
      ),
    ),
    ...tryingActs(deeds),
    act('s', keysDialog.sound, page.toggleSound),
    act('?', keysDialog.thisList, page.openKeys),
  ];
}

function callingActs(deeds: Deeds, page: PageActs): readonly Act[] {
  const { guide, phone } = texts.phones;
  return [
    act(
      'n',
      guide.actions.create,
      () => void deeds.create(),
      (_, scene) => [{ method: 'POST', path: scene.sessionPath(), body: SESSION_BODY }],
    ),
    act('c', phone.call, (role) => void deeds.call(role ?? 'first'), callRequests),
    act(
      'a',
      phone.answer,
      () => void deeds.answer(),
      (state) => [control('POST', `/phones/${numberAt(state, ringingRole(state) ?? 'second')}/answer`)],
    ),
    act(
      'd',
      phone.decline,
      () => void deeds.decline(),
      (state) => [control('POST', `/phones/${numberAt(state, ringingRole(state) ?? 'second')}/decline`)],
    ),
    act(
      'h',
      phone.hangUp,
      (role) => void (role === null ? deeds.hangUp() : deeds.hangUp(role)),
      (state) => [control('POST', `/phones/${numberAt(state, isTalking(state) ? 'second' : 'first')}/hangup`)],
    ),
    ...textActs(deeds),
    act('r', guide.actions.read, page.read, (state) => [
      control('GET', `/inbox?session=${state.session?.session_uuid ?? '…'}`),
    ]),
    act(
      'w',
      phone.withhold,
      (role) => void deeds.call(role ?? 'first', true),
      (state) => [control('POST', '/calls', { from: 'anonymous', to: state.session?.virtual_number ?? '…' })],
    ),
  ];
}

/** From a terminal, the simulator's faults stay until others are ordered. */
function textActs(deeds: Deeds): readonly Act[] {
  const { tries } = texts.inspector;
  const writes: Act['requests'] = ({ people, session }) => [
    control('POST', '/texts', {
      from: people.first,
      to: session?.virtual_number.replace('+', '') ?? '…',
      text: texts.phones.message.sample,
    }),
  ];
  const keys = { textLost: 'k', textLate: 'y', textTwice: 'b', textUnknown: 'q' } as const;
  return [
    act('m', texts.phones.message.write, (role) => void deeds.write(role ?? 'first'), writes),
    act('o', tries.textStop.name, () => void deeds.optOut()),
    ...(['textLost', 'textLate', 'textTwice', 'textUnknown'] as const).map((trial) =>
      act(
        keys[trial],
        tries[trial].name,
        () => void deeds.tryText(trial),
        (state, scene) => [control('POST', '/faults', TRIALS[trial].faults), ...writes(state, scene)],
      ),
    ),
  ];
}

function tryingActs(deeds: Deeds): readonly Act[] {
  const { tries } = texts.inspector;
  return [
    act(
      'e',
      tries.expire.name,
      () => void deeds.expire(),
      (state) => [control('POST', '/clock', { advance_seconds: (secondsLeft(state) ?? 3599) + 1 })],
    ),
    act(
      't',
      tries.pass.name,
      () => void deeds.letPass(),
      () => [control('POST', '/clock', { advance_seconds: 300 })],
    ),
    act(
      'u',
      tries.pool.name,
      () => void deeds.usePool(),
      (_, scene) => [
        { method: 'POST', path: scene.sessionPath(), body: { ...SESSION_BODY, second_party: '+442079460800' } },
      ],
    ),
    act(
      'l',
      tries.lose.name,
      () => void deeds.loseWebhook(),
      () => [control('POST', '/faults', { lose_once: ['hangup'] })],
    ),
    act(
      'g',
      tries.database.name,
      () => void deeds.databaseAway(),
      (state) => [control('POST', '/database-away', { seconds: OUTAGE_SECONDS }), ...callRequests(state)],
    ),
    act(
      'x',
      tries.spellings.name,
      () => void deeds.spellings(),
      (_, scene) => [{ method: 'POST', path: scene.sessionPath(), body: SPELLED_BODY }],
    ),
    act(
      'p',
      tries.pin.name,
      () => void deeds.pinSession(),
      (_, scene) => [{ method: 'POST', path: scene.sessionPath(), body: PIN_BODY }],
    ),
  ];
}

export function commandOf(
  { requests: requestsOf }: Act,
  state: State,
  scene: Scene,
  account: Account | null,
): string | null {
  const requests = requestsOf(state, scene);
  return requests.length === 0 ? null : requests.map((request) => curlLine(request, account)).join('\n');
}

function callRequests(state: State): readonly Request[] {
  return [control('POST', '/calls', { from: `+${state.people.first}`, to: state.session?.virtual_number ?? '…' })];
}
