/** The bad network of these tests must be bad, and only when told. */
import { strict as assert } from "node:assert";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { test } from "../lib/harness.mjs";
import { Relay } from "../lib/relay.mjs";
import { freePort } from "../lib/server.mjs";
import { sleep, until } from "../lib/wait.mjs";

const HOST = "127.0.0.1";

test("the relay passes, cuts and blocks", async (t) => {
  const [port, targetPort] = [await freePort(), await freePort()];
  const udpEcho = createSocket("udp4").bind(targetPort, HOST);
  udpEcho.on("message", (packet, from) => udpEcho.send(packet, from.port, from.address));
  const tcpEcho = createServer((socket) => socket.pipe(socket)).listen(targetPort, HOST);
  const relay = new Relay({ port, targetPort, seed: t.seed });
  await relay.open();
  const udp = createSocket("udp4").bind(0, HOST);
  const tcp = connect(port, HOST);
  t.defer(async () => {
    for (const socket of [udp, udpEcho]) socket.close();
    tcp.destroy();
    tcpEcho.close();
    await relay.close();
  });
  await once(tcp, "connect");
  const heard = { udp: "", tcp: "" };
  udp.on("message", (packet) => {
    heard.udp += packet;
  });
  tcp.on("data", (chunk) => {
    heard.tcp += chunk;
  });
  const say = (word) => {
    udp.send(word, port, HOST);
    tcp.write(word);
  };

  say("a");
  await until("both pass", () => heard.udp === "a" && heard.tcp === "a");
  relay.set({ cut: true });
  say("b");
  await sleep(200);
  assert.deepEqual(heard, { udp: "a", tcp: "a" });
  relay.set({ cut: false });
  await until("TCP goes on, UDP is lost", () => heard.tcp === "ab");
  relay.set({ udpBlocked: true });
  say("c");
  await until("TCP passes", () => heard.tcp === "abc");
  await sleep(50);
  assert.equal(heard.udp, "a");
  relay.set({ udpBlocked: false, delayMs: 100, loss: 0.5 });
  for (let i = 0; i < 200; i++) udp.send("d", port, HOST);
  await until("about half arrives", () => /^ad{20,180}$/.test(heard.udp) && relay.dropped > 100);
});
