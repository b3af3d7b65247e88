/**
 * A network of the tests' own: loopback and one interface that leads nowhere. Firefox sends no media to loopback
 * addresses, so its calls need another one, and in here no packet can leave the machine.
 */
import { spawn, spawnSync } from "node:child_process";

const INSIDE = "SWITCHROOM_OWN_NETWORK";
/** One end of a pair of interfaces; the default route makes browsers take its address for the machine's. */
const SET_UP = [
  "ip link set lo up",
  "ip link add own0 type veth peer name own1",
  "ip address add 10.77.0.1/24 dev own0",
  "ip link set own1 up",
  "ip link set own0 up",
  "ip route add default via 10.77.0.2 dev own0",
].join(" && ");

/**
 * Runs this program again inside a network of its own and gives its exit code; `undefined` when it is inside already,
 * or where the system allows none: then the tests use the machine's network.
 * @returns {Promise<number | undefined>}
 */
export async function exitCodeInside() {
  if (process.env[INSIDE]) return undefined;
  const isRoot = process.getuid?.() === 0;
  const namespaces = isRoot ? ["--net"] : ["--net", "--map-root-user"];
  if (spawnSync("unshare", [...namespaces, "sh", "-c", SET_UP], { stdio: "ignore" }).status !== 0) {
    console.log("this system allows no network of the tests' own (unshare, ip): the machine's is used");
    return undefined;
  }
  const again = [process.execPath, ...process.argv.slice(1)];
  const child = spawn("unshare", [...namespaces, "sh", "-c", `${SET_UP} && exec "$@"`, "sh", ...again], {
    stdio: "inherit",
    env: { ...process.env, [INSIDE]: "1" },
  });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`the tests' own network needs unshare and ip: ${error.message}`)));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
