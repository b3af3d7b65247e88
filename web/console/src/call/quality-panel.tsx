import type { Call, LegQuality } from "@switchroom/sdk";
import { useEffect, useState } from "preact/hooks";
import { figures, legMos, mosWord, SignalBars, Sparkline } from "../../../shared/src/quality.tsx";
import { st } from "../../../shared/src/text.ts";
import { t } from "../text.ts";
import { useCallQuality } from "./banners.tsx";

const HISTORY_SECONDS = 60;

function useHistory(call: Call, side: "own" | "remote"): number[] {
  const [history, setHistory] = useState<number[]>([]);
  useEffect(
    () =>
      call.on("quality", (event) => {
        const quality = event[side];
        const mos = quality ? legMos(quality) : undefined;
        if (mos !== undefined) setHistory((before) => [...before, mos].slice(-HISTORY_SECONDS));
      }),
    [call, side],
  );
  return history;
}

/** Both sides' connection: a picture for a glance, figures for whoever wants them. */
export function QualityPanel({ call }: { call: Call }) {
  const quality = useCallQuality(call);
  return (
    <div class="quality" data-testid="quality">
      <Side who={t("you")} quality={quality.own} history={useHistory(call, "own")} testid="quality-own" />
      <Side who={t("customer")} quality={quality.remote} history={useHistory(call, "remote")} testid="quality-remote" />
    </div>
  );
}

interface SideProps {
  who: string;
  quality: LegQuality | undefined;
  history: number[];
  testid: string;
}

function Side({ who, quality, history, testid }: SideProps) {
  const mos = quality === undefined ? undefined : legMos(quality);
  if (quality === undefined || mos === undefined) {
    return (
      <div class="side" data-testid={testid}>
        <SignalBars mos={undefined} />
        <strong>{who}</strong>
        <span class="small">{t("measuring")}</span>
      </div>
    );
  }
  const shown = figures(quality);
  return (
    <div class="side" data-testid={testid} data-mos={mos.toFixed(2)} data-weak={quality.weak}>
      <SignalBars mos={mos} />
      <strong>{who}</strong>
      <span class="small">{mosWord(mos)}</span>
      <Sparkline values={history} />
      <dl class="figures small">
        <Figure name={st("mos")} value={shown.mos} />
        <Figure name={st("loss")} value={shown.loss} />
        <Figure name={st("jitter")} value={shown.jitter} />
        <Figure name={st("rtt")} value={shown.rtt} />
      </dl>
    </div>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
