// What must hold of the receivers' journals and the database, however processes died and receivers failed.

const GONE = '410';

/** After the faults, before the replay. */
export function checkFaultPhase({ told, journal, facts: { callbacks } }) {
  const delivered = firstDeliveries(journal);
  const byStatus = groupBy(callbacks, 'status');
  const of = (status) => byStatus.get(status) ?? [];
  const first = firstAttempts(journal);
  const late = (rows) =>
    rows.filter(({ id }) => first.has(id)).map(({ id, created_at: at }) => first.get(id) - Number(at));
  const early = of('parked').filter(
    ({ session_id: session, tries, outcome }) => outcome !== GONE && Number(tries) !== told.repeats.get(session) + 1,
  );
  const unattempted = of('pending').filter(({ session_id: session }) => told.repeats.get(session) !== 2);
  return {
    statuses: ['delivered', 'parked', 'pending'].map((status) => of(status).length).join(', '),
    twice: journal.filter(({ isDelivered }) => isDelivered).length - delivered.size,
    deeds: counts(journal, 'deed'),
    lateMs: late(callbacks),
    firstLateMs: late(callbacks.filter(({ sequence }) => Number(sequence) === 1)),
    promises: [
      none(
        'what is marked delivered was answered 2xx',
        of('delivered').filter(({ id }) => !delivered.has(id)),
      ),
      none('parked only after all its attempts, or for a 410', early),
      none('everything else is delivered, but what waits for the five minutes', unattempted),
      none('first 2xx of each stream in order', disorders(journal)),
      none(
        'no redirect is followed',
        journal.filter(({ deed }) => deed === 'followed'),
      ),
    ],
  };
}

/** After the replay. */
export function checkDelivered({ told, journal, later, before, facts: { callbacks, streams }, eventsACall }) {
  const all = [...journal, ...later];
  const delivered = firstDeliveries(all);
  const perCall = groupBy(callbacks, 'call_id');
  const hashes = groupBy(all, 'id');
  const rows = new Map(callbacks.map((row) => [row.id, row]));
  const isAnother = ({ id, session, sequence, event }) => {
    const row = rows.get(id);
    return row?.session_id !== session || Number(row?.sequence) !== sequence || row?.event !== event;
  };
  return {
    twice: later.filter(({ isDelivered }) => isDelivered).length - firstDeliveries(later).size,
    promises: [
      none(
        `each acknowledged call has its ${eventsACall} events, each once`,
        told.calls.filter((id) => new Set(perCall.get(id)?.map(({ event }) => event)).size !== eventsACall),
      ),
      none('streams are gapless from 1', gaps(callbacks, streams)),
      none(
        'after the replay all are delivered',
        callbacks.filter(({ status }) => status !== 'delivered'),
      ),
      none(
        'and every one was answered 2xx',
        callbacks.filter(({ id }) => !delivered.has(id)),
      ),
      none(
        'one id, one body, on every attempt',
        [...hashes.values()].filter((same) => new Set(same.map(({ hash }) => hash)).size > 1),
      ),
      none('what was received is what was stored', all.filter(isAnother)),
      // What waited for its schedule may become due, and be sent, before the replay comes to an earlier one that was parked.
      ...['parked', 'pending'].map((status) => {
        const replayed = new Set(before.callbacks.filter((row) => row.status === status).map(({ id }) => id));
        return none(
          `the replay of what was ${status} is in order`,
          disorders(later.filter(({ id }) => replayed.has(id))),
        );
      }),
    ],
  };
}

function none(promise, found) {
  return { promise, seen: found.length === 0 ? 'always' : `${found.length} times not`, isKept: found.length === 0 };
}

function firstAttempts(journal) {
  return new Map(journal.toReversed().map(({ id, at }) => [id, at]));
}

function firstDeliveries(journal) {
  return firstAttempts(journal.filter(({ isDelivered }) => isDelivered));
}

/** Events whose first 2xx came after that of a later one of the same session. What was parked has none in this journal. */
function disorders(journal) {
  const last = new Map();
  const seen = new Set();
  return journal.filter(({ id, session, sequence, isDelivered }) => {
    if (!isDelivered || seen.has(id)) return false;
    seen.add(id);
    const isLate = sequence < (last.get(session) ?? 0);
    last.set(session, Math.max(sequence, last.get(session) ?? 0));
    return isLate;
  });
}

function gaps(callbacks, streams) {
  const bySession = groupBy(callbacks, 'session_id');
  return streams.filter(({ session_id: session, last_sequence: last }) => {
    const sequences = (bySession.get(session) ?? []).map(({ sequence }) => Number(sequence)).sort((a, b) => a - b);
    return sequences.length !== Number(last) || sequences.some((sequence, index) => sequence !== index + 1);
  });
}

function groupBy(rows, name) {
  const groups = new Map();
  for (const row of rows) {
    const group = groups.get(row[name]);
    if (group) group.push(row);
    else groups.set(row[name], [row]);
  }
  return groups;
}

function counts(rows, name) {
  return Object.fromEntries([...groupBy(rows, name)].map(([key, list]) => [key, list.length]).sort());
}
