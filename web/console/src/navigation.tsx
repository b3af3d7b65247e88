import { useEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "../../shared/src/icons.tsx";
import { hrefOf, useRoute, type View } from "./data/route.ts";
import { type TextKey, t } from "./text.ts";

interface Entry {
  view: View;
  text: TextKey;
  icon: IconName;
  shown: boolean;
}

interface Props {
  leads: boolean;
  /** Sets the account up. */
  admin: boolean;
  takesCalls: boolean;
}

export function Navigation({ leads, admin, takesCalls }: Props) {
  const { view } = useRoute();
  const box = useRef<HTMLElement>(null);
  // On a narrow page the entries are wider than the window.
  useEffect(
    () => box.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "nearest" }),
    [view],
  );
  const entries: Entry[] = [
    { view: "work", text: "myWork", icon: "inbox", shown: takesCalls },
    { view: "all", text: "allWork", icon: "inbox", shown: leads },
    { view: "recordings", text: "recordings", icon: "recordings", shown: true },
    { view: "links", text: "callLinks", icon: "link", shown: true },
    { view: "team", text: "team", icon: "people", shown: leads },
    { view: "settings", text: "settingsTitle", icon: "settings", shown: admin },
    { view: "devices", text: "deviceSettings", icon: "mic", shown: true },
  ];
  return (
    <nav class="navigation" ref={box} aria-label={t("mainMenu")}>
      {entries
        .filter((entry) => entry.shown)
        .map((entry) => (
          <a
            key={entry.view}
            href={hrefOf(entry.view)}
            aria-current={entry.view === view ? "page" : undefined}
            data-testid={`nav-${entry.view}`}
          >
            <Icon name={entry.icon} />
            <span>{t(entry.text)}</span>
          </a>
        ))}
      <a href="/docs" class="docs-link">
        <Icon name="copy" />
        <span>{t("apiDocs")}</span>
      </a>
    </nav>
  );
}
