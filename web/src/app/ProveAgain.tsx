/** Asks for a fresh proof where the server wants one before a sensitive change; the change is sent again after it. */
import { Modal } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { askWith } from '../api/provenAgain.ts';
import { Skeletons } from '../parts/Skeletons.tsx';

/** Seldom needed: not part of what everybody loads first. */
const Proof = lazy(() => import('./Proof.tsx').then((file) => ({ default: file.Proof })));

/** Stands above everything that changes something. */
export function ProveAgainProvider({ children }: { children: ReactNode }) {
  const [answer, setAnswer] = useState<(isProven: boolean) => void>();
  useEffect(
    () =>
      askWith(
        () =>
          new Promise((resolve) => {
            setAnswer(() => resolve);
          }),
      ),
    [],
  );
  const close = (isProven: boolean) => {
    answer?.(isProven);
    setAnswer(undefined);
  };
  return (
    <>
      {children}
      <Modal
        opened={answer !== undefined}
        onClose={() => close(false)}
        title="Is it you?"
        centered
        zIndex={400}
      >
        {answer && (
          <Suspense fallback={<Skeletons rows={3} />}>
            <Proof onProven={() => close(true)} onCancel={() => close(false)} />
          </Suspense>
        )}
      </Modal>
    </>
  );
}
