import { groupedNumber } from '../design/format.ts';
import { Chip, CopyButton, Empty, Time } from '../design/small-parts.tsx';
import { Tabs, type Tab } from '../design/tabs.tsx';
import { texts } from '../design/texts/index.ts';
import type { InboxEntry, Webhook } from './answers.ts';
import { stepsOf } from './steps.ts';
import type { State } from './scene.ts';
import { useScene } from './use-scene.ts';
import { indented, Xml } from './xml.tsx';

const { inspector: words } = texts;

export type TabId = keyof typeof words.tabs;

/** What lies behind a call: each tab is one side of it. */
export function Inspector({ shown, onShow }: { shown: TabId; onShow: (id: TabId) => void }) {
  const { state } = useScene();
  const tab = (id: TabId, panel: Tab<TabId>['panel'], count?: number): Tab<TabId> => ({
    id,
    name: words.tabs[id],
    panel,
    ...(count !== undefined && { count }),
  });
  return (
    <section className="inspector card" aria-labelledby="inspector">
      <h2 id="inspector" className="unseen">
        {words.title}
      </h2>
      <Tabs
        label={words.title}
        shown={shown}
        onShow={onShow}
        tabs={[
          tab('timeline', () => <Timeline />),
          tab('xml', () => <Documents />, state.call?.documents.length),
          tab('webhooks', () => <Webhooks />, exchangesOf(state).length),
          tab('callbacks', () => <Callbacks />, state.callbacks.length),
          tab('session', () => <StoredSession />),
        ]}
      />
    </section>
  );
}

function Timeline() {
  const { state } = useScene();
  const steps = stepsOf(state);
  if (steps.length === 0) return <Empty words={words.empty.timeline} />;
  return (
    <ol className="timeline small">
      {steps.map(({ at, lane, words: sentence, kind }, index) => (
        <li key={`${at} ${index}`} data-lane={lane} {...(kind !== null && { 'data-kind': kind })}>
          <span className="soft">
            <Time at={at} isExact />
          </span>
          <span className="lane-name tiny">{words.lanes[lane]}</span>
          <span>{sentence}</span>
        </li>
      ))}
    </ol>
  );
}

function Documents() {
  const { state } = useScene();
  const documents = state.call?.documents ?? [];
  if (documents.length === 0) return <Empty words={words.empty.xml} />;
  return (
    <ol className="entries">
      {documents.map(({ at, url, xml, error }, index) => (
        <li key={`${at} ${index}`}>
          <header className="small">
            <span className="soft">
              <Time at={at} isExact />
            </span>
            <code className="path">{pathOf(url)}</code>
            {error !== null && <Chip kind="failed">{words.xml.refused(error)}</Chip>}
            <CopyButton text={indented(xml)} what={words.xml.document} />
          </header>
          <Xml text={xml} />
        </li>
      ))}
    </ol>
  );
}

function Webhooks() {
  const { state } = useScene();
  const exchanges = exchangesOf(state);
  if (exchanges.length === 0) return <Empty words={words.empty.webhooks} />;
  return (
    <ol className="entries">
      {exchanges.map((one, index) => (
        <li key={`${one.at} ${index}`}>{'asked' in one ? <OneRequest {...one} /> : <OneWebhook webhook={one} />}</li>
      ))}
    </ol>
  );
}

/** Of the call and of texts, with what we ask Plivo for in between. */
function exchangesOf({ call, texts: carried }: State): (Webhook | { at: string; asked: Record<string, unknown> })[] {
  const ofTexts = carried.flatMap(({ at, request, webhooks }) => [
    ...(request === null ? [] : [{ at, asked: request }]),
    ...webhooks.map((one): Webhook => ({ ...one, status: one.answered })),
  ]);
  return [...(call?.webhooks ?? []), ...ofTexts].sort((a, b) => a.at.localeCompare(b.at));
}

function OneRequest({ at, asked }: { at: string; asked: Record<string, unknown> }) {
  const fields = Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, String(value)]));
  return (
    <details>
      <summary className="small">
        <span className="soft">
          <Time at={at} isExact />
        </span>
        <strong>{words.webhook.request}</strong>
        <code className="soft">POST /Message/</code>
      </summary>
      <Fields title={words.webhook.requestBody} fields={fields} />
    </details>
  );
}

function OneWebhook({ webhook }: { webhook: Webhook }) {
  const { webhook: said } = words;
  return (
    <details>
      <summary className="small">
        <span className="soft">
          <Time at={webhook.at} isExact />
        </span>
        <strong>{said.kinds[webhook.kind] ?? webhook.kind}</strong>
        <code className="soft">
          {webhook.params['DialAction'] ?? webhook.params['Event'] ?? webhook.params['Status']}
        </code>
        <SignatureOf webhook={webhook} />
        <span className="soft">{outcomeOf(webhook)}</span>
      </summary>
      <code className="path">
        {webhook.method} {pathOf(webhook.url)}
      </code>
      <Fields title={said.fields} fields={webhook.params} />
      <Fields title={said.headers} fields={webhook.headers} />
      {webhook.response_body !== '' && (
        <>
          <h3>{said.answer}</h3>
          <Xml text={webhook.response_body} />
        </>
      )}
    </details>
  );
}

function SignatureOf({ webhook: { is_signed: isSigned, outcome } }: { webhook: Webhook }) {
  const { webhook: said } = words;
  if (outcome === 'lost') return <Chip kind="failed">✕ {said.lost}</Chip>;
  if (isSigned === null) return <Chip>{outcome === 'pending' ? said.pending : said.none}</Chip>;
  return isSigned ? <Chip kind="connected">✓ {said.right}</Chip> : <Chip kind="failed">✕ {said.wrong}</Chip>;
}

function outcomeOf({ outcome, status, tries }: Webhook): string {
  const { webhook: said } = words;
  if (outcome === 'pending' || outcome === 'lost') return '';
  const answered = status === null ? said.failed : said.answered(status, tries.at(-1)?.ms ?? 0);
  return tries.length > 1 ? `${said.tried(tries.length)}, ${answered}` : answered;
}

function Callbacks() {
  const { state } = useScene();
  if (state.callbacks.length === 0) return <Empty words={words.empty.callbacks} />;
  return (
    <>
      <p className="soft small above">{words.callback.own}</p>
      <ol className="entries">
        {state.callbacks.map((entry) => (
          <li key={entry.id}>
            <OneCallback entry={entry} />
          </li>
        ))}
      </ol>
    </>
  );
}

function OneCallback({ entry }: { entry: InboxEntry }) {
  const { callback: said } = words;
  const { v3 } = entry.signatures;
  return (
    <details>
      <summary className="small">
        <span className="soft">
          <Time at={entry.at} isExact />
        </span>
        <strong>{entry.params['EventName']}</strong>
        {v3 === null && <Chip>{said.unsigned}</Chip>}
        {v3 === 'valid' && <Chip kind="connected">✓ {said.valid}</Chip>}
        {v3 === 'invalid' && <Chip kind="failed">✕ {said.invalid}</Chip>}
      </summary>
      <Fields title={words.webhook.fields} fields={entry.params} />
      <Fields title={words.webhook.headers} fields={entry.headers} />
    </details>
  );
}

function Fields({ title, fields }: { title: string; fields: Record<string, string> }) {
  return (
    <>
      <h3>{title}</h3>
      <dl className="fields">
        {Object.entries(fields).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{value === '' ? '–' : value}</code>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function StoredSession() {
  const { state } = useScene();
  const { session } = state;
  if (session === null) return <Empty words={words.empty.session} />;
  const json = JSON.stringify(session, null, 2);
  return (
    <>
      <h3 className="above">{words.session.truths}</h3>
      <p className="small">
        {words.session.truth(
          groupedNumber(session.first_party),
          groupedNumber(session.second_party),
          groupedNumber(session.virtual_number),
        )}
      </p>
      <div className="command above">
        <pre>
          <code>{json}</code>
        </pre>
        <CopyButton text={json} what={words.session.json} />
      </div>
    </>
  );
}

function pathOf(url: string): string {
  try {
    const { pathname, search } = new URL(url);
    return pathname + search;
  } catch {
    return url;
  }
}
