import { accounts } from '../../../design/texts/console/accounts.ts';
import { api } from '../../api.ts';
import { Skeleton } from '../../parts/empty.tsx';
import { countText, Fact, FactList, Money, Nothing } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Field, FormDeed } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { tell } from '../../parts/toasts.tsx';
import { useOne } from '../../parts/use-one.ts';
import './accounts.css';
import {
  changesIn,
  FIELDS,
  noticeField,
  noticeText,
  OCCASIONS,
  textsOf,
  type Settings as Held,
} from './settings-form.ts';

const { settings: words } = accounts;
const NUMERIC = new Set<string>([
  'recording_retention_days',
  'daily_requested_calls',
  'daily_destinations',
  'text_retention_days',
]);

const TEXT_FIELDS = [
  'texts',
  'messaging_media',
  'text_languages',
  'text_redaction',
  'text_in_callbacks',
  'text_retention_days',
] as const;

export function Settings({ accountId }: { accountId: string }) {
  const { body, error, again } = useOne(`/accounts/${accountId}/settings`);
  return (
    <Section title={words.title} end={body && <Change accountId={accountId} held={body} onDone={again} />}>
      {body === undefined && error === null && <Skeleton lines={6} />}
      {error !== null && <Failure error={error} what={words.title} onAgain={again} />}
      {body !== undefined && <Shown held={body} />}
    </Section>
  );
}

function Shown({ held }: { held: Held }) {
  const { allowed_countries: countries, refusals } = held;
  const where =
    countries === null
      ? words.every
      : countries === 'own'
        ? words.own
        : countries.length === 0
          ? words.none
          : countries.join(', ');
  const [name, cap] = [words.fields, (count: number) => (count === 0 ? words.any : countText(count))];
  const shown = textsOf(held);
  return (
    <>
      <FactList>
        <Fact name={name.language[0]}>{held.language}</Fact>
        <Fact name={name.allowed_countries[0]}>{where}</Fact>
        <Fact name={name.default_country[0]}>{held.default_country ?? words.ofNumbers}</Fact>
        <Fact name={name.unrouted_url[0]}>
          {held.unrouted_url === null ? words.notSet : <code className="breaks">{held.unrouted_url}</code>}
        </Fact>
        <Fact name={name.recording_retention_days[0]}>{words.days(held.recording_retention_days)}</Fact>
        <Fact name={name.session_fee[0]}>
          <Money amount={held.session_fee} />
        </Fact>
        <Fact name={name.minute_fee[0]}>
          <Money amount={held.minute_fee} />
        </Fact>
        <Fact name={name.message_fee[0]}>
          <Money amount={held.message_fee} />
        </Fact>
        <Fact name={name.daily_spend_cap[0]}>
          {held.daily_spend_cap === null ? words.notSet : <Money amount={held.daily_spend_cap} />}
        </Fact>
        <Fact name={name.max_rate_per_minute[0]}>
          {held.max_rate_per_minute === null ? <Nothing /> : <Money amount={held.max_rate_per_minute} />}
        </Fact>
        <Fact name={name.max_rate_per_message[0]}>
          {held.max_rate_per_message === null ? <Nothing /> : <Money amount={held.max_rate_per_message} />}
        </Fact>
        <Fact name={name.daily_requested_calls[0]}>{cap(held.daily_requested_calls)}</Fact>
        <Fact name={name.daily_destinations[0]}>{cap(held.daily_destinations)}</Fact>
        {TEXT_FIELDS.map((field) => (
          <Fact key={field} name={name[field][0]}>
            {shown[field] === '' ? words.notSet : shown[field]}
          </Fact>
        ))}
      </FactList>
      <Notices held={held} />
      <Refusals refusals={refusals} />
    </>
  );
}

function Refusals({ refusals }: { refusals: Held['refusals'] }) {
  const told = Object.entries(refusals);
  return (
    <div className="small">
      <h4>{words.refusals}</h4>
      <p className="soft">{told.length === 0 ? words.refusalsNone : words.refusalsLead}</p>
      <dl className="said">
        {told.map(([occasion, sentence]) => (
          <div key={occasion}>
            <dt>
              <code>{occasion}</code>
            </dt>
            <dd>{sentence === '' ? <span className="soft">{words.silent}</span> : sentence}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Notices({ held }: { held: Held }) {
  const own = OCCASIONS.filter((occasion) => held.text_notices[occasion] !== undefined);
  return (
    <div className="small">
      <h4>{words.notices}</h4>
      <p className="soft">{own.length === 0 ? words.refusalsNone : words.noticesLead}</p>
      <dl className="said">
        {own.map((occasion) => (
          <div key={occasion}>
            <dt>{words.occasions[occasion]}</dt>
            <dd>{held.text_notices[occasion] || <span className="soft">{words.nothing}</span>}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Change({ accountId, held, onDone }: { accountId: string; held: Held; onDone: () => void }) {
  const texts = textsOf(held);
  return (
    <FormDeed
      name={words.change}
      roles={[]}
      lead={words.lead}
      run={async (given) => {
        const body = changesIn(given, held);
        if (Object.keys(body).length > 0)
          await api('patch', '/admin/accounts/{auth_id}/settings', { path: { auth_id: accountId }, body });
        tell(words.done);
        onDone();
        return null;
      }}
    >
      {FIELDS.map((name) => {
        const [label, hint] = words.fields[name];
        return (
          <Field
            key={name}
            name={name}
            label={label}
            hint={hint}
            isMarked={false}
            defaultValue={texts[name]}
            {...(NUMERIC.has(name) && { inputMode: 'numeric' as const })}
          />
        );
      })}
      <h3>{words.notices}</h3>
      <p className="soft small">{words.noticesField}</p>
      {OCCASIONS.map((occasion) => (
        <Field
          key={occasion}
          name={noticeField(occasion)}
          label={words.occasions[occasion]}
          isMarked={false}
          maxLength={300}
          defaultValue={noticeText(held, occasion)}
        />
      ))}
    </FormDeed>
  );
}
