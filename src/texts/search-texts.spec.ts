import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from '../../test/support/database.js';
import { ACCOUNT, sessionsOn } from '../../test/support/ground.js';
import { clearTexts } from '../../test/support/text-world.js';
import { Accounts } from '../accounts/index.js';
import { Account } from '../accounts/account.entity.js';
import { newId, newRandomId } from '../platform/ids.js';
import type { E164 } from '../telephony/phone.js';
import { FindTexts } from './find-texts.js';
import type { ForwardState } from './join-reports.js';
import type { TextSearch } from './search-texts.js';
import { FORWARDS, recipientPlace, senderPlace, TEXTS, type TextMessage } from './text.entity.js';
import { stateOfText, TEXT_STATES } from './text-state.js';

const [ASHA, RAVI, MAYA] = ['14155550101', '14155550102', '14155550103'] as [E164, E164, E164];
const OTHER_ACCOUNT = 'MAOTHEROTHEROTHER000';
const [HERE, THERE] = ['12025550001', '12025550002'] as [E164, E164];
const SESSION = '01a20455-593d-7341-8f58-bf2c9d0cc07e';
const STATES: ForwardState[] = [
  ...(['pending', 'sending', 'unknown', 'unconfirmed', 'rejected'] as const),
  ...(['accepted', 'sent', 'delivered', 'undelivered', 'failed'] as const),
];

describeOnEachDatabase('the search for texts', (open) => {
  let test: TestDatabase;
  let findTexts: FindTexts;
  let sessions: ReturnType<typeof sessionsOn>;
  let position = 0;

  beforeAll(async () => {
    test = await open();
    sessions = sessionsOn(test.database);
    const { crypto, findSession, records } = sessions;
    findTexts = new FindTexts(test.database, crypto, findSession, new Accounts(), records);
    const account = { name: 'Some', plivoAuthId: 'MA', plivoAuthToken: '', createdAt: 0 };
    for (const authId of [ACCOUNT, OTHER_ACCOUNT])
      await test.dataSource.manager.insert(Account, { ...account, authId });
  });
  beforeEach(() => clearTexts(test.database));

  /** With the messages that it was sent on in, if any. */
  async function text(
    {
      sender = ASHA,
      recipient = RAVI,
      ...known
    }: Partial<Omit<TextMessage, 'sender'>> & { sender?: E164; recipient?: E164 } = {},
    states: readonly ForwardState[] = ['delivered'],
  ): Promise<string> {
    const { crypto, records } = sessions;
    const { id = newId(), accountId = ACCOUNT, receivedAt = 1_000_000 } = known;
    const virtualNumber = known.virtualNumber ?? HERE;
    const sent = known.decision === undefined || known.decision === 'forward' ? states : [];
    await test.database.transaction(async (tx) => {
      await TEXTS.insert(tx, {
        id,
        accountId,
        messageUuid: newId(),
        sessionId: SESSION,
        senderRole: 'first',
        virtualNumber,
        sender: crypto.seal(senderPlace({ id, accountId }), sender),
        senderIndex: records.partyIndex(accountId, sender),
        decision: 'forward',
        reason: null,
        isHint: false,
        mediaCount: 0,
        receivedAt,
        ...known,
      });
      for (const state of sent) {
        const forwardId = newRandomId();
        await FORWARDS.insert(tx, {
          id: forwardId,
          accountId,
          textId: id,
          sessionId: SESSION,
          senderRole: 'first',
          position: ++position,
          virtualNumber,
          recipient: crypto.seal(recipientPlace({ id: forwardId, accountId }), recipient),
          recipientIndex: records.partyIndex(accountId, recipient),
          isBodyKept: false,
          mediaCount: 0,
          state,
          attempt: 1,
          createdAt: receivedAt,
          receivedAt,
          lookUps: 0,
          updatedAt: receivedAt,
        });
      }
    });
    return id;
  }
  const ids = async (search: Partial<TextSearch> = {}): Promise<string[]> =>
    (await findTexts.search({ limit: 300, ...search })).map((found) => found.text.id);

  it('finds each text by the very state that it is shown in, alone and beside every other filter', async () => {
    for (const decision of ['wait', 'word', 'refuse'] as const) await text({ decision });
    for (const one of STATES) {
      await text({}, [one]);
      for (const other of STATES) await text({}, [one, other]);
    }
    await text({}, ['delivered', 'sent', 'accepted']);
    const all = await findTexts.search({ limit: 300 });
    expect(all).toHaveLength(3 + 10 + 100 + 1);

    for (const state of TEXT_STATES) {
      const shown = all.filter((found) => stateOfText(found).state === state).map((found) => found.text.id);
      expect(shown).not.toEqual([]);
      expect({ state, ids: await ids({ state }) }).toEqual({ state, ids: shown });
      expect(await ids({ state, sessionId: SESSION })).toEqual(shown);
      expect(await ids({ state, virtualNumber: HERE, accountId: ACCOUNT })).toEqual(shown);
      expect(await ids({ state, party: ASHA, senderRole: 'first' })).toEqual(shown);
      expect(await ids({ state, accountId: OTHER_ACCOUNT })).toEqual([]);
    }
  });

  it('finds what a person wrote and was sent, a text of several messages once', async () => {
    const wrote = await text({ receivedAt: 1 });
    const got = await text({ receivedAt: 2, sender: RAVI, recipient: ASHA, senderRole: 'second' }, ['sent', 'sent']);
    const elsewhere = await text({ receivedAt: 3, accountId: OTHER_ACCOUNT });
    await text({ receivedAt: 4, sender: MAYA, decision: 'refuse' });
    expect(await ids({ party: ASHA })).toEqual([elsewhere, got, wrote]);
    expect(await ids({ party: ASHA, accountId: ACCOUNT })).toEqual([got, wrote]);
    expect(await ids({ party: ASHA, senderRole: 'second' })).toEqual([got]);
    expect(await ids({ party: ASHA, limit: 2 })).toEqual([elsewhere, got]);
  });

  it('finds texts by number, account, session and time, the end excluded', async () => {
    const first = await text({ receivedAt: 10 });
    const second = await text({ receivedAt: 20, virtualNumber: THERE });
    const third = await text({ receivedAt: 30, accountId: OTHER_ACCOUNT, sessionId: null, decision: 'refuse' });
    expect(await ids()).toEqual([third, second, first]);
    expect(await ids({ virtualNumber: HERE })).toEqual([third, first]);
    expect(await ids({ accountId: ACCOUNT })).toEqual([second, first]);
    expect(await ids({ sessionId: SESSION, virtualNumber: THERE })).toEqual([second]);
    expect(await ids({ from: 10, to: 30 })).toEqual([second, first]);
    expect(await ids({ state: 'delivered', from: 20, to: 30 })).toEqual([second]);
  });

  it('holds to all that is asked for at once: a person, a number, a session, an account', async () => {
    const wrote = await text({ receivedAt: 1 });
    const got = await text({ receivedAt: 2, sender: RAVI, recipient: ASHA, senderRole: 'second' });
    const others = await text({ receivedAt: 3, sender: MAYA });
    const elsewhere = await text({ receivedAt: 4, accountId: OTHER_ACCOUNT });
    for (const place of [{ sessionId: SESSION }, { virtualNumber: HERE }]) {
      expect(await ids({ ...place, party: ASHA })).toEqual([elsewhere, got, wrote]);
      expect(await ids({ ...place, party: ASHA, accountId: ACCOUNT })).toEqual([got, wrote]);
      expect(await ids({ ...place, accountId: ACCOUNT })).toEqual([others, got, wrote]);
      expect(await ids({ ...place, accountId: OTHER_ACCOUNT })).toEqual([elsewhere]);
    }
    expect(await ids({ party: ASHA, virtualNumber: THERE })).toEqual([]);
  });

  it.each<[string, Partial<TextSearch>]>([
    ['all', {}],
    ['of a person', { party: RAVI }],
    ['in a state', { state: 'delivered' }],
    ['over a number', { virtualNumber: HERE }],
    ['of a session', { sessionId: SESSION }],
  ])('goes on where a page has ended, also among texts of one instant: %s', async (_, search) => {
    const made: string[] = [];
    for (let place = 0; place < 7; place++) made.push(await text({ receivedAt: 100 + (place >> 2) }));
    const seen: string[] = [];
    for (let before: TextSearch['before']; ;) {
      const page = await findTexts.search({ ...search, before, limit: 2 });
      seen.push(...page.map((found) => found.text.id));
      const last = page.at(-1);
      if (last === undefined) break;
      before = { at: last.text.receivedAt, id: last.text.id };
    }
    expect(seen).toEqual(await ids());
    expect([...seen].sort()).toEqual([...made].sort());
  });
});
