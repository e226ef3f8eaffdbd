import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/theme.css';
import './app/app.css';
import './parts/parts.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { styleNonce } from './app/nonce.ts';
import { ProveAgainProvider } from './app/ProveAgain.tsx';
import { makeQueryClient } from './app/queryClient.ts';
import { makeRouter } from './app/router.ts';
import { theme } from './app/theme.ts';
import { ConfirmProvider } from './parts/confirm.tsx';

const queryClient = makeQueryClient();
const router = makeRouter(queryClient);

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => styleNonce}>
      <Notifications position="top-right" limit={4} />
      <QueryClientProvider client={queryClient}>
        <ProveAgainProvider>
          <ConfirmProvider>
            <RouterProvider router={router} />
          </ConfirmProvider>
        </ProveAgainProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
