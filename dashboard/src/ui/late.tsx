import { type ReactNode, Suspense } from 'react';

/**
 * Shows parts whose code comes after the first look, and `instead` of them until then. React shows them up to 0.3 s after their code has
 * come; what stands for them is marked with `data-loading` until then, as `Loading` is, so the page is not settled before (`app/settled.ts`).
 */
export function Late({ instead, children }: { instead?: ReactNode; children: ReactNode }) {
  return (
    <Suspense
      fallback={
        <>
          {instead}
          <span hidden data-loading />
        </>
      }
    >
      {children}
    </Suspense>
  );
}
