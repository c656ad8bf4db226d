import type { Service } from './service.js';

/** The simulator's control API of a service or of its own process: its phones, its clock, its calls. `service` is asked at each use, so a suite may start it later. */
export function simulatedPlivo(service: () => Pick<Service, 'request'>) {
  async function control<Body = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await service().request<Body>(`/simulator/control${path}`, { method, body, as: null });
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  }
  const phone = (number: string, path = ''): string => `/phones/${number.replace('+', '')}${path}`;
  const act = (number: string, action: string, body?: unknown) => control('POST', phone(number, `/${action}`), body);
  const ringing = <View = Record<string, unknown>>(number: string) =>
    control<View>('GET', phone(number, '?wait_for=ringing&timeout=10'));
  const call = async (from: string, to: string): Promise<string> =>
    (await control<{ call_uuid: string }>('POST', '/calls', { from, to })).call_uuid;
  const settled = <View = Record<string, unknown>>(uuid: string) =>
    control<View>('GET', `/calls/${uuid}?wait_for=settled&timeout=20`);
  const bridged = (uuid: string) => control('GET', `/calls/${uuid}?wait_for=bridged&timeout=20`);
  const advance = (seconds: number) => control('POST', '/clock', { advance_seconds: seconds });
  return {
    control,
    /** What a phone does now: `answer`, `decline`, `hangup`, `digits`. */
    act,
    /** What a phone will do when it rings. */
    prepare: (number: string, how: Record<string, unknown>) => control('PUT', phone(number), how),
    look: <View = Record<string, unknown>>(number: string, query = '') => control<View>('GET', phone(number, query)),
    ringing,
    call,
    bridged,
    settled,
    advance,
    /** A whole conversation, ended by who was called; returns when Plivo has said all of it. */
    async talk(from: string, via: string, to: string, seconds: number): Promise<string> {
      const uuid = await call(from, via);
      await ringing(to);
      await act(to, 'answer');
      await bridged(uuid);
      await advance(seconds);
      await act(to, 'hangup');
      await settled(uuid);
      return uuid;
    },
  };
}
