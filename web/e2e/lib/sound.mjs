/**
 * A silent sound card. Firefox runs no AudioContext on a machine without one, so a PulseAudio of our own with nothing
 * but a null sink stands in; Chromium needs nothing.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endWithUs } from "./children.mjs";
import { until, within } from "./wait.mjs";

const PULSEAUDIO = process.env.PULSEAUDIO_BIN ?? "/usr/bin/pulseaudio";

/** @returns {Promise<{ server: string, close: () => Promise<void> }>} what to set as PULSE_SERVER */
export async function soundCard() {
  await access(PULSEAUDIO).catch(() => {
    throw new Error(`Firefox needs a sound server: install Debian's package pulseaudio (looked for ${PULSEAUDIO})`);
  });
  const home = await mkdtemp(join(tmpdir(), "switchroom-sound-"));
  const socket = join(home, "socket");
  const modules = ["module-null-sink", `module-native-protocol-unix auth-anonymous=1 socket=${socket}`];
  const options = ["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"];
  const env = { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: home };
  const daemon = endWithUs(
    spawn(PULSEAUDIO, [...options, ...modules.map((module) => `--load=${module}`)], { env, stdio: "ignore" }),
  );
  await until("the sound server's socket", () => access(socket).then(() => true));
  return {
    server: `unix:${socket}`,
    close: async () => {
      const ended = once(daemon, "exit");
      daemon.kill("SIGTERM");
      await within(ended, 5_000, "the sound server ends").catch(() => daemon.kill("SIGKILL"));
      await rm(home, { recursive: true, force: true });
    },
  };
}
