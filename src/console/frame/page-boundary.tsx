import { Component, type ReactNode } from 'react';
import { Failure } from '../parts/failure.tsx';
import { PlainPage } from '../parts/page.tsx';

interface Props {
  title: string;
  children: ReactNode;
}

/** What fails while a page is drawn is said in its place: bars, search and banners stay. React knows no other way than a class. */
export class PageBoundary extends Component<Props, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    const { title, children } = this.props;
    const { error } = this.state;
    if (error === null) return children;
    return (
      <PlainPage title={title}>
        <Failure error={error} what={title} onAgain={() => this.setState({ error: null })} />
      </PlainPage>
    );
  }
}
