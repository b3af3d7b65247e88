import type { Recording } from "../data/api.ts";
import { hrefOf, type View } from "../data/route.ts";
import { momentQuery, type Opening } from "./opened.ts";
import { Player } from "./player.tsx";

interface Props {
  opening: Opening;
  /** Where a link to a moment leads. */
  page: { view: View; id: string };
  onDelete: ((recording: Recording) => void) | undefined;
}

/** The player with what was opened, while something is. */
export function OpenedPlayer({ opening, page, onDelete }: Props) {
  const { opened, parts, choose, close } = opening;
  if (opened === undefined) return null;
  const { recording, at, turn } = opened;
  const linkTo = (one: Recording, seconds: number) =>
    new URL(hrefOf(page.view, page.id, momentQuery(one, seconds)), location.href).href;
  return (
    <Player
      key={turn}
      recording={recording}
      parts={parts}
      at={at}
      linkTo={linkTo}
      onChoose={choose}
      onDelete={onDelete && (() => onDelete(recording))}
      onClose={close}
    />
  );
}
