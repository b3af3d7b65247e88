/** Two keys move the focus among the elements that match, and around at either end. */
export function moveFocus(event: KeyboardEvent, css: string, back: string, forth: string): HTMLElement | undefined {
  const step = event.key === forth ? 1 : event.key === back ? -1 : 0;
  const box = event.currentTarget;
  if (step === 0 || !(box instanceof HTMLElement)) return undefined;
  const all = [...box.querySelectorAll<HTMLElement>(css)];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = all[(at + step + all.length) % all.length];
  event.preventDefault();
  next?.focus();
  return next;
}
