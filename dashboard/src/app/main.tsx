import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './mantine.ts';
import { z } from 'zod';
import { createRoot } from 'react-dom/client';
import { sessionQuery } from '../api/session.ts';
import { loadWords } from './i18n.ts';
import { shareNonce } from './nonce.ts';
import { queryClient } from './query-client.ts';
import { Providers } from './providers.tsx';
import { markSettled } from './settled.ts';

// Compiled parsers need `eval`, which the pages' security policy forbids.
z.config({ jitless: true });
shareNonce();
markSettled();
// The session is fetched while the page is drawn.
void queryClient.prefetchQuery(sessionQuery);
loadWords();
const root = document.querySelector('#root');
if (root) createRoot(root).render(<Providers />);
