/** Calls `tick` about once a second until the returned function is called. */
export type Ticker = (tick: () => void) => () => void;

/** Enough for a page in a call: browsers slow the timers of hidden pages, but not below once a second then. */
export const intervalTicker: Ticker = (tick) => {
  const timer = setInterval(tick, 1000);
  return () => clearInterval(timer);
};
