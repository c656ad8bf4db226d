import { Chip } from '../../../design/small-parts.tsx';
import { system as words } from '../../../design/texts/console/system.ts';
import { EmptyState, Skeleton } from '../../parts/empty.tsx';
import { Ago, countText, Fact, FactList } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { PlainPage } from '../../parts/page.tsx';
import { PageSection } from '../../parts/page-section.tsx';
import { Table, type TableColumn } from '../../parts/table.tsx';
import { useAgainWhile, useOne } from '../../parts/use-one.ts';
import type { AnswerAt } from '../../reach/answers.ts';
import { Checks } from './checks.tsx';

type System = AnswerAt<'/system'>;

/** What asks Plivo or the own address takes as long as those do. */
const ASK_EVERY_MS = 400;

export default function SystemPage() {
  const { body, error, again } = useOne('/system');
  useAgainWhile(body?.checks.some(({ is_running: isRunning }) => isRunning) ?? false, ASK_EVERY_MS, again);
  return (
    <PlainPage title={words.title}>
      {body === undefined && error === null && <Skeleton lines={12} />}
      {error !== null && <Failure error={error} what={words.title} onAgain={again} />}
      {body !== undefined && (
        <>
          <Checks checks={body.checks} onAgain={again} />
          <WhatRuns system={body} />
          <Processes processes={body.processes} />
        </>
      )}
    </PlainPage>
  );
}

function WhatRuns({ system }: { system: System }) {
  const { facts } = words;
  const { version, commit, node, database, provider, role, migrations } = system;
  const waiting = migrations.pending;
  return (
    <PageSection title={words.runs}>
      <FactList>
        <Fact name={facts.version}>
          {version} {commit !== null && <code className="soft tiny">{words.commit(commit.slice(0, 12))}</code>}
        </Fact>
        <Fact name={facts.node}>{node}</Fact>
        <Fact name={facts.database}>{database}</Fact>
        <Fact name={facts.provider}>{words.providers[provider]}</Fact>
        <Fact name={facts.role}>{words.roles[role]}</Fact>
        <Fact name={facts.migrations}>
          {words.done(countText(migrations.done))}{' '}
          {waiting.length > 0 && <Chip kind="failed">{words.pending(countText(waiting.length))}</Chip>}
        </Fact>
      </FactList>
      {waiting.length > 0 && (
        <div className="small">
          <p>{words.pendingNext}</p>
          <ul>
            {waiting.map((name) => (
              <li key={name}>
                <code>{name}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
    </PageSection>
  );
}

const { columns: names } = words;
const COLUMNS: readonly TableColumn<System['processes'][number]>[] = [
  { name: names.host, cell: ({ host, pid }) => words.here(host, pid) },
  { name: names.role, cell: ({ role }) => words.roles[role] },
  { name: names.version, cell: ({ version }) => version },
  { name: names.node, cell: ({ node }) => node },
  { name: names.started, cell: ({ started_at: at }) => <Ago at={at} /> },
  { name: names.seen, cell: ({ seen_at: at }) => <Ago at={at} /> },
];

function Processes({ processes }: { processes: System['processes'] }) {
  return (
    <PageSection title={words.processes} end={<span className="soft small">{words.processesLead}</span>}>
      {processes.length === 0 ? (
        <EmptyState {...words.noProcess} />
      ) : (
        <Table name={words.processes} columns={COLUMNS} rows={processes} keyOf={({ id }) => id} />
      )}
    </PageSection>
  );
}
