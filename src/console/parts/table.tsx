import type { ReactNode } from 'react';

export interface TableColumn<Row> {
  /** Above its cells; before each where rows stand as blocks. */
  name: string;
  cell: (row: Row) => ReactNode;
  isFigure?: boolean;
  /** Buttons: their name is for screen readers alone. */
  isDeeds?: boolean;
  /** Of each cell, not of the head. */
  className?: string;
}

/** Few rows, all of them there at once; lists that go on are `List`. The first column says what the row is about. */
export function Table<Row>({
  name,
  columns,
  rows,
  keyOf,
}: {
  name: string;
  columns: readonly TableColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
}) {
  return (
    <div className="scrolls" tabIndex={0} role="region" aria-label={name}>
      <table className="plain small stacks">
        <thead>
          <tr>
            {columns.map(({ name: head, isFigure, isDeeds }) => (
              <th key={head} scope="col" className={isFigure ? 'figures' : undefined}>
                {isDeeds ? <span className="unseen">{head}</span> : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column, place) => (
                <Cell key={column.name} column={column} row={row} isFirst={place === 0} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell<Row>({ column, row, isFirst }: { column: TableColumn<Row>; row: Row; isFirst: boolean }) {
  const { name, cell, isFigure, isDeeds, className } = column;
  const classes = [isFigure && 'figures', isDeeds && 'deeds', className].filter(Boolean).join(' ') || undefined;
  return isFirst ? (
    <th scope="row" className={classes}>
      {cell(row)}
    </th>
  ) : (
    <td data-name={isDeeds ? undefined : name} className={classes}>
      {cell(row)}
    </td>
  );
}
