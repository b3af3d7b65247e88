import { useEffect, useMemo, useState } from "preact/hooks";
import { useChanges } from "../../shared/src/hooks.ts";
import { audioContext } from "../../shared/src/tones.ts";
import { OutgoingCall } from "./call/outgoing.tsx";
import { CallPanel } from "./call/panel.tsx";
import { Ringing } from "./call/ringing.tsx";
import { WrapUpWindow } from "./call/wrap-up.tsx";
import { ApiError, api, type Session, whenSignedOut } from "./data/api.ts";
import { Phone } from "./data/phone.ts";
import { go, useRoute } from "./data/route.ts";
import { Hints } from "./hints.tsx";
import { Navigation } from "./navigation.tsx";
import { SettingsView } from "./settings/settings.tsx";
import { SignIn } from "./sign-in.tsx";
import { t } from "./text.ts";
import { TopBar } from "./top-bar.tsx";
import { AllRecordings } from "./views/all-recordings.tsx";
import { DevicesView } from "./views/devices.tsx";
import { LinksView } from "./views/links.tsx";
import { TeamView } from "./views/team.tsx";
import { WorkView } from "./views/work.tsx";

type SignedIn =
  | { state: "unknown"; away: boolean }
  | { state: "out"; note: string }
  | { state: "in"; session: Session };

const ASK_AGAIN_MS = 1_000;

export function App() {
  const [signedIn, setSignedIn] = useState<SignedIn>({ state: "unknown", away: false });
  useEffect(() => {
    whenSignedOut(() => setSignedIn({ state: "out", note: t("signedOut") }));
    let timer: ReturnType<typeof setTimeout>;
    const ask = () => {
      api.session().then(
        (session) => setSignedIn({ state: "in", session }),
        (error: unknown) => {
          if (error instanceof ApiError && error.status === 401) return setSignedIn({ state: "out", note: "" });
          // A server that is being started again comes back to a page that is still signed in.
          setSignedIn({ state: "unknown", away: true });
          timer = setTimeout(ask, ASK_AGAIN_MS);
        },
      );
    };
    ask();
    return () => clearTimeout(timer);
  }, []);
  switch (signedIn.state) {
    case "unknown":
      return (
        <p class="splash" role="status">
          {t(signedIn.away ? "serverAwayTrying" : "loading")}
        </p>
      );
    case "out":
      return <SignIn note={signedIn.note} onSignedIn={(session) => setSignedIn({ state: "in", session })} />;
    case "in":
      return <Console session={signedIn.session} onSignedOut={() => setSignedIn({ state: "out", note: "" })} />;
  }
}

function usePhone(session: Session): Phone | undefined {
  const phone = useMemo(() => {
    const { agentId } = session;
    return agentId === null || agentId === undefined ? undefined : new Phone({ ...session, agentId });
  }, [session]);
  useEffect(() => {
    if (phone === undefined) return;
    const stop = phone.on("answered", ({ conversationId }) => go("work", conversationId));
    phone.start();
    return () => {
      stop();
      phone.stop();
    };
  }, [phone]);
  return phone;
}

function Console({ session, onSignedOut }: { session: Session; onSignedOut: () => void }) {
  const phone = usePhone(session);
  useChanges(phone);
  useFirstTouch();
  const leads = session.role !== "AGENT";
  const signOut = () => {
    phone?.stop();
    api.signOut().then(onSignedOut, onSignedOut);
  };
  return (
    <div class="console">
      <button type="button" class="skip button" onClick={skipToContent}>
        {t("skip")}
      </button>
      <TopBar session={session} phone={phone} onSignOut={signOut} />
      <Navigation leads={leads} admin={session.role === "ADMIN"} takesCalls={phone !== undefined} />
      <main class="content" id="main-content" tabIndex={-1}>
        {phone !== undefined && <Hints phone={phone} />}
        <CurrentView session={session} phone={phone} leads={leads} />
      </main>
      {phone?.incoming !== undefined && <Ringing phone={phone} incoming={phone.incoming} />}
      {phone?.outgoing !== undefined && <OutgoingCall phone={phone} outgoing={phone.outgoing} />}
      {phone?.call !== undefined && phone.outgoing === undefined && (
        <CallPanel key={phone.call.startTime} phone={phone} call={phone.call} />
      )}
      {phone?.call === undefined && phone?.wrapUp !== undefined && <WrapUpWindow phone={phone} wrapUp={phone.wrapUp} />}
    </div>
  );
}

function skipToContent(): void {
  document.getElementById("main-content")?.focus();
}

function CurrentView({ session, phone, leads }: { session: Session; phone: Phone | undefined; leads: boolean }) {
  const route = useRoute();
  switch (route.view) {
    case "recordings":
      return <AllRecordings session={session} query={route.query} />;
    case "links":
      return <LinksView session={session} />;
    case "devices":
      return <DevicesView phone={phone} />;
    case "team":
      return leads ? <TeamView /> : <WorkView all={false} session={session} phone={phone} id={undefined} />;
    case "settings":
      return session.role === "ADMIN" ? (
        <SettingsView session={session} id={route.id} />
      ) : (
        <DevicesView phone={phone} />
      );
    case "all":
      return <WorkView key="all" all={leads} session={session} phone={phone} id={route.id} />;
    default:
      return <WorkView key="work" all={phone === undefined} session={session} phone={phone} id={route.id} />;
  }
}

/** The first click or key lets the page ring later. */
function useFirstTouch(): void {
  useEffect(() => {
    const touched = () => {
      audioContext();
      removeEventListener("pointerdown", touched);
      removeEventListener("keydown", touched);
    };
    addEventListener("pointerdown", touched);
    addEventListener("keydown", touched);
    return () => {
      removeEventListener("pointerdown", touched);
      removeEventListener("keydown", touched);
    };
  }, []);
}
