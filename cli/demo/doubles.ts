/** What the demo asks of the local doubles: to act as the customer. */
export type DemoDoubles = { pay(checkoutUrl: string): Promise<void> };

/** Talks to the control API of the doubles. */
export function createDoublesClient(controlUrl: string): DemoDoubles {
  return {
    async pay(checkoutUrl) {
      const session = /cs_[A-Za-z0-9_]+/.exec(checkoutUrl)?.[0] ?? '';
      const response = await fetch(`${controlUrl}/payment/sessions/${session}/pay`, { method: 'POST' });
      if (!response.ok) throw new Error(`The payment page answered ${response.status}`);
    },
  };
}
