import type { ReactNode } from 'react';

/** A part of a plain page, right below its title; parts of details are `Section`. */
export function PageSection({ title, end, children }: { title: string; end?: ReactNode; children: ReactNode }) {
  return (
    <section className="section">
      <header>
        <h2>{title}</h2>
        {end}
      </header>
      {children}
    </section>
  );
}
