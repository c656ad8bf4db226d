import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

const DOCS = fileURLToPath(new URL('..', import.meta.url));

/** Who reads which page, in the order in which it is needed. A page that is in no group fails the build. */
const GROUPS = {
  'Using it': ['call-behaviour', 'callbacks', 'recordings', 'texts', 'errors', 'limits'],
  'Setting it up': ['plivo-account', 'moving-in', 'plivo-uncertainties', 'settings', 'doctor', 'command-line', 'console', 'console-pages'],
  'Running it': ['operating', 'deployment', 'upgrade', 'backup', 'keys', 'databases', 'metrics', 'alerts', 'traces', 'runbooks/README', 'pool', 'scaling', 'retention'],
  'People and money': ['operators', 'support', 'finance', 'billing', 'privacy'],
  'How it is made': ['architecture', 'testing', 'model', 'performance', 'callbacks-measured', 'decisions/'],
};

const pagesIn = (folder) =>
  readdirSync(join(DOCS, folder))
    .filter((name) => name.endsWith('.md') && name !== 'index.md')
    .map((name) => `${folder}${name.slice(0, -3)}`)
    .sort();
const titleOf = (page) => /^# (.+)$/m.exec(readFileSync(join(DOCS, `${page}.md`), 'utf8'))?.[1] ?? page;
const linkTo = (page) => ({ text: titleOf(page), link: `/${page}` });

const named = Object.values(GROUPS).flat();
const forgotten = pagesIn('').filter((page) => !named.includes(page));
if (forgotten.length > 0) throw new Error(`name these pages in docs/.vitepress/config.mjs: ${forgotten.join(', ')}`);

function itemOf(page) {
  if (page === 'decisions/') return { text: 'Decisions', collapsed: true, items: pagesIn(page).map(linkTo) };
  if (page !== 'runbooks/README') return linkTo(page);
  const others = pagesIn('runbooks/').filter((each) => each !== page);
  return { ...linkTo(page), collapsed: true, items: others.map(linkTo) };
}

export default defineConfig({
  title: 'Masking',
  description: 'Self-hosted number masking: two people talk by phone, and neither learns the number of the other.',
  cleanUrls: true,
  // Into the repository, out of this folder, and programs to copy: no pages of the site. Every other link must lead somewhere.
  ignoreDeadLinks: [/^(?:\.\/)?\.\.\//, /\.(?:cjs|py|sh)$/],
  themeConfig: {
    search: { provider: 'local' },
    aside: false,
    sidebar: Object.entries(GROUPS).map(([text, pages]) => ({ text, items: pages.map(itemOf) })),
  },
});
