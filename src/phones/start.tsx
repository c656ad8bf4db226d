import { useEffect, useState } from 'react';
import { readFacts, type Facts } from '../design/facts.ts';
import { Frame } from '../design/frame.tsx';
import { Icon } from '../design/icons.tsx';
import { Chip, Command, type Meaning } from '../design/small-parts.tsx';
import { texts } from '../design/texts/index.ts';
import { curlLine, type Account } from './curl.ts';
import { openPage } from '../design/open-page.tsx';
import { SESSION_BODY } from './people.ts';
import './start.css';

const { start } = texts;
const ASK_EVERY_MS = 5000;

interface Health {
  kind: Meaning;
  words: string;
}

function Start({ facts }: { facts: Facts }) {
  const isSimulator = facts.provider === 'simulator';
  const account = useDemoAccount(isSimulator);
  const id = account?.auth_id ?? '$PLIVO_AUTH_ID';
  const line = curlLine({ method: 'POST', path: `/v1/Account/${id}/Masking/Session/`, body: SESSION_BODY }, account);
  return (
    <Frame facts={facts} page="start">
      <div className="start">
        <h1>{start.title}</h1>
        <p className="lead soft">{start.lead}</p>

        {isSimulator && (
          <section className="card begin" aria-labelledby="begin">
            <div>
              <h2 id="begin">{start.begin}</h2>
              <p className="soft">{start.beginText}</p>
            </div>
            <a className="button main" href="./phones">
              {start.openPhones}
              <Icon name="right" />
            </a>
          </section>
        )}

        <section aria-labelledby="runs">
          <h2 id="runs">{start.runs}</h2>
          <WhatRuns facts={facts} />
        </section>

        <section aria-labelledby="create">
          <h2 id="create">{start.create}</h2>
          <p className="soft small">{account === null ? start.createText.own : start.createText.demo}</p>
          <Command text={line} what={start.curl} />
        </section>

        <section aria-labelledby="ways">
          <h2 id="ways">{start.ways}</h2>
          <ul className="ways">
            {isSimulator && <Way href="./phones" words={start.links.phones} />}
            {facts.hasOperators && <Way href="./console" words={start.links.console} />}
            {facts.hasOperators && <Way href="./docs" words={start.links.docs} />}
            <Way href="./docs/sdk/" words={start.links.sdk} />
            {facts.hasOperators && <Way href="./metrics" words={start.links.metrics} />}
          </ul>
        </section>
      </div>
    </Frame>
  );
}

function WhatRuns({ facts }: { facts: Facts }) {
  const health = useHealth();
  return (
    <dl className="facts card">
      <div>
        <dt>{start.facts.carrier}</dt>
        <dd>{start.facts[facts.provider]}</dd>
      </div>
      <div>
        <dt>{start.facts.version}</dt>
        <dd className="number">{facts.version}</dd>
      </div>
      <div>
        <dt>{start.facts.health}</dt>
        <dd>
          <span role="status">
            <Chip kind={health.kind}>{health.words}</Chip>
          </span>{' '}
          <a className="small" href="./readyz">
            {start.healthMore}
          </a>
        </dd>
      </div>
    </dl>
  );
}

function Way({ href, words: [name, text] }: { href: string; words: readonly [string, string] }) {
  return (
    <li>
      <a href={href}>{name}</a>
      <p className="soft small">{text}</p>
    </li>
  );
}

function useDemoAccount(isAsked: boolean): Account | null {
  const [account, setAccount] = useState<Account | null>(null);
  useEffect(() => {
    if (!isAsked) return;
    void fetch('./simulator/control/demo-account')
      .then(async (answer) => (answer.ok ? setAccount((await answer.json()) as Account) : undefined))
      .catch(() => undefined);
  }, [isAsked]);
  return account;
}

function useHealth(): Health {
  const [health, setHealth] = useState<Health>({ kind: 'ended', words: start.health.asking });
  useEffect(() => {
    const ask = (): void => void askHealth().then(setHealth);
    ask();
    const timer = setInterval(ask, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return health;
}

async function askHealth(): Promise<Health> {
  try {
    const answer = await fetch('./readyz', { headers: { accept: 'application/json' } });
    const body = (await answer.json()) as { detail?: string; checks?: { workers?: string } };
    if (!answer.ok) return { kind: 'failed', words: start.health.unwell(body.detail ?? String(answer.status)) };
    if (body.checks?.workers === 'none') return { kind: 'ringing', words: start.health.noWorker };
    return { kind: 'connected', words: start.health.ok };
  } catch {
    return { kind: 'failed', words: start.health.away };
  }
}

openPage(<Start facts={readFacts()} />);
