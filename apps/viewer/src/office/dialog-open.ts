/** Something asks a question there; one that was closed may still lie hidden in the page. */
export const dialogOpen = (page: Document = document): boolean =>
  [...page.querySelectorAll('[role=dialog]')].some((one) => one.getClientRects().length > 0);
