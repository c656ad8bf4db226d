import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import './tokens.css';
import './base.css';
import './components.css';
import { applyTheme } from './theme.ts';

export function openPage(page: ReactNode): void {
  applyTheme();
  const root = document.getElementById('root');
  if (root === null) throw new Error('expected an element with the id root');
  createRoot(root).render(<StrictMode>{page}</StrictMode>);
}
