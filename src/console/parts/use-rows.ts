import { keepPreviousData, useInfiniteQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { RowAt } from '../reach/answers.ts';
import { ask, type Query } from '../reach/ask.ts';

export interface Page<Row> {
  items: Row[];
  next_cursor: string | null;
}

export interface Rows<Row> {
  rows: readonly Row[];
  /** Null until the first page is there. */
  isEmpty: boolean | null;
  hasMore: boolean;
  isLoadingMore: boolean;
  error: unknown;
  loadMore: () => void;
  /** Begins anew with the first page: what was below it is asked for again when somebody scrolls there. */
  refresh: () => Promise<void>;
  /** While rows of the filters before are still shown. */
  isStale: boolean;
}

const PAGE = 100;

/** A list of the admin API, page by page along its cursor. Nothing is asked for again by itself: a list of 100,000 rows has a thousand pages. */
export function useRows<Path extends `/${string}`>(path: Path, query: Query): Rows<RowAt<Path>> {
  type Row = RowAt<Path>;
  const client = useQueryClient();
  const key = useMemo(() => [path.slice(1), 'list', query], [path, query]);
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, isPlaceholderData, refetch } = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      ask<Page<Row>>(path, { query: { ...query, limit: PAGE, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor: next }) => next,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  return {
    rows,
    isEmpty: data === undefined ? null : rows.length === 0,
    hasMore: hasNextPage,
    isLoadingMore: isFetchingNextPage,
    error,
    loadMore: () => void (isFetchingNextPage || !hasNextPage ? undefined : fetchNextPage()),
    refresh: async () => {
      client.setQueryData<InfiniteData<Page<Row>, string | null>>(
        key,
        (held) => held && { pages: held.pages.slice(0, 1), pageParams: held.pageParams.slice(0, 1) },
      );
      await refetch();
    },
    isStale: isPlaceholderData,
  };
}
