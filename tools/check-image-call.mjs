const ACCOUNT = 'MADEMODEMODEMODEMO00';
const [FIRST, SECOND] = ['+14155550123', '+14155550124'];

/** The README's masked call: the first party calls the virtual number, the second one answers. Says what was seen, or throws. */
export async function makeCall(origin, token) {
  const ask = async (path, body, headers = {}) => {
    const method = body === undefined ? 'GET' : 'POST';
    const type = { 'content-type': 'application/json' };
    const answer = await fetch(origin + path, {
      method,
      body: body && JSON.stringify(body),
      headers: { ...type, ...headers },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };
  const basic = { authorization: `Basic ${Buffer.from(`${ACCOUNT}:${token}`).toString('base64')}` };
  const parties = { first_party: FIRST, second_party: SECOND };
  const session = await ask(`/v1/Account/${ACCOUNT}/Masking/Session/`, parties, basic);
  const { call_uuid: call } = await ask('/simulator/control/calls', { from: FIRST, to: session.virtual_number });
  const phone = await ask(`/simulator/control/phones/${SECOND.slice(1)}?wait_for=ringing&timeout=10`);
  const shown = phone.ringing[0]?.caller_id;
  if (`+${shown}` !== session.virtual_number)
    throw new Error(`the phone shows ${shown}, not ${session.virtual_number}`);
  await ask(`/simulator/control/phones/${SECOND.slice(1)}/answer`, {});
  await ask(`/simulator/control/calls/${call}?wait_for=bridged&timeout=10`);
  await ask(`/simulator/control/phones/${SECOND.slice(1)}/hangup`, {});
  return 'a masked call: the second phone rang, showed the virtual number, and was connected';
}
