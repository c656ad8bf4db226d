import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { readFacts } from '../design/facts.ts';
import { openPage } from '../design/open-page.tsx';
import './console.css';
import './parts/parts.css';
import './parts/list.css';
import { logins } from './api.ts';
import { Entrance } from './frame/entrance.tsx';
import { Refused } from './reach/ask.ts';

const TRIES = 2;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // What was refused is refused again; what was not answered, or came too fast, may be later.
      retry: (count, error) =>
        count < TRIES && !(error instanceof Refused && error.status < 500 && error.status !== 429),
      staleTime: 10_000,
    },
  },
});

// Whoever is signed out meanwhile is asked to sign in, by whatever they notice it: a list, or a deed.
logins.addEventListener('over', () => void client.invalidateQueries({ queryKey: ['me'] }));

openPage(
  <QueryClientProvider client={client}>
    <Entrance facts={readFacts()} />
  </QueryClientProvider>,
);
