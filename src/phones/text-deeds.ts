import { texts } from '../design/texts/index.ts';
import type { Request } from './curl.ts';
import type { Role } from './people.ts';
import type { Scene } from './scene.ts';

const { tries } = texts.inspector;

/** What befalls the next text. `faults` as the simulator's control API takes them; lifted again where they would strike more than one. */
export const TRIALS = {
  textLost: { faults: { lose_once: ['message'] }, isLifted: false },
  textLate: { faults: { delay_ms: 5000 }, isLifted: true },
  textTwice: { faults: { duplicate: ['message'] }, isLifted: true },
  textUnknown: {
    faults: { api: { reset: true, after_effect: true, only: ['POST Message'], times: 1 } },
    isLifted: false,
  },
} as const;

export type TextTrial = keyof typeof TRIALS;

/** `pictures`: of the simulator's kinds; each tells of who made it. */
export function writeRequest(scene: Scene, role: Role, text: string, pictures: readonly string[] = []): Request {
  const { session, people } = scene.get();
  if (session === null) throw new Error(texts.phones.phone.needsSession);
  const to = session.virtual_number.replace('+', '');
  const body = { from: people[role], to, text, ...(pictures.length > 0 && { media: pictures }) };
  return { method: 'POST', path: '/simulator/control/texts', body };
}

/** The first party's next text meets a fault, and is written at once. */
export function tryText(scene: Scene, trial: TextTrial): Promise<boolean> {
  return scene.do(tries[trial].name, async (send) => {
    const { faults, isLifted } = TRIALS[trial];
    const order = (body: object): Request => ({ method: 'POST', path: '/simulator/control/faults', body });
    const written = writeRequest(scene, 'first', tries[trial].sample);
    await send(order(faults));
    await send(written);
    if (isLifted) await send(order({}));
    return tries[trial].done;
  });
}

/** The second party wants no texts any more, and the first one writes. */
export function tryOptOut(scene: Scene): Promise<boolean> {
  return scene.do(tries.textStop.name, async (send) => {
    await send(writeRequest(scene, 'second', 'STOP'));
    await send(writeRequest(scene, 'first', tries.textStop.sample));
    return tries.textStop.done;
  });
}
