const SESSION =
  'id accountId subaccountId status parties firstIndex secondIndex pairIndex virtualNumberId virtualNumber settings createdAt modifiedAt expiresAt renewals fee';
const INTERACTION =
  'id sessionId startedAt endedAt busyUntil firstLegUuid secondLegUuid firstStatus secondStatus legCount duration billedDuration amount ownAmount recordingId';
const SUMS = 'calls connected talk_seconds billed_seconds amount own_amount sessions fees';

/**
 * The statements of the service's three measured requests, letter for letter: statement-check.mjs compares what reaches the drivers. When a use case
 * of the service changes its SQL, this list follows.
 */
export function statements({ forUpdate, forShare, onTaken }) {
  const fits =
    "n.account_id = ? AND n.status = 'active' AND n.is_elsewhere = 0 AND n.missing_since IS NULL AND n.subaccount_id IS NULL AND n.calling_code = ? AND n.number NOT IN (?, ?)";
  const fitsInCountry = fits.replace('n.calling_code = ?', 'n.calling_code = ? AND n.country = ?');
  const unused =
    'NOT EXISTS (SELECT 1 FROM number_assignment x WHERE x.virtual_number_id = n.id AND x.party_index = ?)';
  const pairOn = (condition) => `SELECT n.id, n.number, 1 AS tier, -a.free_after AS free_after FROM (
      SELECT virtual_number_id, session_id, free_after FROM number_assignment
      WHERE party_index = ? AND free_after <= ? ${condition} ORDER BY free_after DESC LIMIT 16
    ) a JOIN number_assignment b ON b.virtual_number_id = a.virtual_number_id AND b.party_index = ? AND b.session_id = a.session_id
    JOIN virtual_number n ON n.id = a.virtual_number_id WHERE b.free_after <= ? AND ${fits} ORDER BY a.free_after DESC LIMIT 1`;
  const hadLast = `SELECT (SELECT virtual_number_id FROM number_assignment WHERE party_index = ? ORDER BY free_after DESC LIMIT 1) AS id`;
  const seat = `FROM virtual_number n JOIN number_assignment a ON a.virtual_number_id = n.id
    WHERE n.number = ? AND n.account_id = ? AND a.party_index = ?`;
  const claim = 'SELECT ? AS party_index, ? AS role';
  return {
    pooledAmong: `SELECT ${fields('virtual_number', 'number')} FROM virtual_number WHERE number IN (?, ?, ?, ?, ?, ?)`,
    livePair: `SELECT ${fields('masking_session', SESSION)} FROM masking_session WHERE pair_index = ? ${forUpdate}`,
    chooseNumber: `SELECT ${fields('part', 'id number')}, part.tier AS \`tier\`, part.free_after AS \`freeAfter\` FROM (${pairOn('')}) AS part
      UNION ALL SELECT * FROM (${pairOn('AND EXISTS (SELECT 1 FROM number_assignment WHERE party_index = ? AND free_after <= ? LIMIT 1 OFFSET 16)')}) AS part
      UNION ALL SELECT * FROM (SELECT n.id, n.number, 2 AS tier, 0 AS free_after FROM (
        SELECT n.id, n.number FROM virtual_number n WHERE ${fitsInCountry} AND n.id > COALESCE((SELECT MAX(had.id) FROM (${hadLast} UNION ALL ${hadLast}) had), 0)
        ORDER BY n.id LIMIT 16
      ) n WHERE ${unused} AND ${unused} ORDER BY n.id LIMIT 1) AS part`,
    assignParties: `INSERT INTO number_assignment (virtual_number_id, party_index, session_id, role, free_after)
      SELECT n.id, claim.party_index, ?, claim.role, ? FROM virtual_number n JOIN (${claim} UNION ALL ${claim}) claim
      WHERE n.id = ? AND n.status = 'active' AND n.is_elsewhere = 0 ${forShare}`,
    addSession: insertion(
      'masking_session',
      'virtual_number_id virtual_number id account_id subaccount_id status parties first_index second_index settings created_at modified_at expires_at renewals fee pair_index',
    ),
    addToSession: addition(
      'session_stat',
      'session_id hour direction',
      SUMS,
      'account_id virtual_number subaccount_id',
      onTaken,
    ),
    addToNumber: addition(
      'call_stat',
      'account_id virtual_number hour direction subaccount_id shard',
      SUMS,
      '',
      onTaken,
    ),
    session: `SELECT ${fields('s', SESSION)}, ${fields('i', INTERACTION, 'call')} FROM masking_session s LEFT JOIN interaction i ON i.session_id = s.id
  WHERE s.id = ? AND s.account_id = ? ORDER BY i.started_at, i.id`,
    addReceipt: insertion('webhook_receipt', 'account_id nonce content_hash received_at'),
    addLeg: insertion('call_leg', 'account_id leg_uuid call_id session_id side role is_answered is_connected is_ended'),
    route: `SELECT ${fields('s', SESSION)} FROM masking_session s
      WHERE s.id = (SELECT a.session_id ${seat}) AND s.account_id = ?
       AND s.virtual_number_id = (SELECT n.id FROM virtual_number n WHERE n.number = ? AND n.account_id = ?)
       ${forUpdate}`,
    busy: `SELECT a.session_id AS \`sessionId\`, (EXISTS (SELECT 1 FROM interaction i WHERE i.session_id = a.session_id AND i.ended_at IS NULL AND i.busy_until > ?)
      OR EXISTS (SELECT 1 FROM call_request r WHERE r.session_id = a.session_id AND r.status IN ('wanted', 'placing', 'placed') AND pending_until > ?)) AS \`isBusy\` ${seat}`,
    addCall: insertion(
      'masked_call',
      'id account_id session_id caller_role virtual_number_id virtual_number kind request_id a_leg_uuid prompt_session_id pin_attempts decision reason answer created_at outcome caller caller_index dialled dialled_index connected_at',
    ),
    linkLeg: 'UPDATE `call_leg` SET `call_id` = ?, `session_id` = ?, `role` = ? WHERE account_id = ? AND leg_uuid = ?',
    addInteraction: insertion(
      'interaction',
      'id session_id started_at busy_until first_leg_uuid second_leg_uuid leg_count duration billed_duration amount',
    ),
    addJob: insertion('job', 'id kind payload job_key lane status run_at attempts created_at'),
  };
}

/** Columns under the service's names for them. */
/** `prefix` stands before the names in the answer, `callId` for `id`. */
function fields(alias, names, prefix = '') {
  return names
    .split(' ')
    .map((name) => {
      const column = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const shown = prefix && `${prefix}${name[0].toUpperCase()}${name.slice(1)}`;
      return `\`${alias}\`.\`${column}\` AS \`${shown || name}\``;
    })
    .join(', ');
}

function addition(table, key, sums, once, onTaken) {
  const columns = columnsOf([key, sums, once].join(' ').trim());
  const added = columnsOf(sums).map((column) => `${column} = ${table}.${column} + ${onTaken.more(column)}`);
  const taken = onTaken.change(columnsOf(key).join(', '));
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ${taken} ${added.join(', ')}`;
}

function insertion(table, names) {
  const columns = columnsOf(names);
  return `INSERT INTO \`${table}\` (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}

function columnsOf(names) {
  return names.split(' ').map((name) => `\`${name}\``);
}
