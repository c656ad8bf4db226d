import { answerRequest } from './requests.mjs';
import { pairOf } from './galera-creates.mjs';

const SESSIONS = 400;

/** Both people of a session call at the same moment, each answered by another process on another node: at most one of them is connected. */
export async function readAnswers({ creates, services, say }) {
  say(`${SESSIONS} sessions, both of whose people call at once`);
  const found = { sessions: 0, once: 0, twice: 0, neither: 0, startedAt: performance.now(), tookMs: 0 };
  const waiting = creates.acknowledged.slice(-SESSIONS);
  const work = async () => {
    for (let session = waiting.pop(); session; session = waiting.pop()) {
      const { first, second } = pairOf(session.n);
      const virtualNumber = session.number.replace('+', '');
      const answers = await Promise.all(
        [first, second].map((caller, place) =>
          creates.send(
            answerRequest({ second: caller, virtualNumber }, services[place].origin),
            services[place].origin,
          ),
        ),
      );
      const connected = answers.filter(({ text }) => text.includes('<Number')).length;
      found.sessions += 1;
      found[['neither', 'once', 'twice'][connected]] += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  found.tookMs = performance.now() - found.startedAt;
  return found;
}
