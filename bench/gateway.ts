/**
 * What the gateway costs: a package through it against the registry behind it, and the token that it signs for a docker
 * registry against one that this registry keeps for itself. What is behind it answers from memory and asks nobody who they are.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startOwn } from "./child.ts";
import { perSecond, startLoad } from "./generator.ts";
import { inTurns, ms, type Row, timed } from "./measure.ts";
import { newPlace, startRegistry } from "./registry.ts";

const mount = "/artifactory/api/npm/npm";
const connections = 16;
const [rounds, window] = [2, 1_000];
const repetitions = 5;

/** What it costs to know; how much it may cost nobody has promised. */
const unbound = { bound: "–", holds: true };

export async function benchGateway(): Promise<Row[]> {
  const behind = startOwn("upstream.ts");
  const { url: upstream } = JSON.parse(await behind.nextLine()) as { url: string };
  const place = await newPlace("SQLite");
  if (!place) return [];
  const certificate = certificateIn(place.folder);
  const gateway = await startRegistry(place, {
    GATEWAY: JSON.stringify({ npm: upstream, docker: upstream }),
    CERTIFICATE: certificate,
  });
  const { value } = await gateway.mint({ permission: "read_only" });
  const rates = async (sides: readonly [url: string, path: string][], headers: Record<string, string>) => {
    const loads = sides.map(([url, path]) => startLoad({ urls: [url], connections, path, headers }));
    const times = await inTurns(
      rounds,
      loads.map((load) => () => load.perAnswer(window)),
    );
    for (const load of loads) await load.end();
    return times;
  };
  const bearer = { authorization: `Bearer ${value}` };
  const [ours = Number.NaN, theirs = Number.NaN] = await rates(
    [
      [gateway.url, `${mount}/bench`],
      [upstream, "/bench"],
    ],
    bearer,
  );
  const download = (url: string) => async () =>
    (await timed(async () => {
      for (let n = 0; n < repetitions; n++) {
        const response = await fetch(url, { headers: bearer });
        const { byteLength } = await response.arrayBuffer();
        if (!response.ok || byteLength !== 10_000_000) throw new Error(`${response.status}: ${byteLength}`);
      }
    })) / repetitions;
  const [through = Number.NaN, direct = Number.NaN] = await inTurns(5, [
    download(`${gateway.url}${mount}/bench/-/bench-1.0.0.tgz`),
    download(`${upstream}/bench/-/bench-1.0.0.tgz`),
  ]);
  const asked = (service: string) => `/v2/token?service=${service}&scope=repository:docker/bench:pull`;
  const basic = { authorization: `Basic ${Buffer.from(`admin:${value}`).toString("base64")}` };
  const [signed = Number.NaN, kept = Number.NaN] = await rates(
    [
      [gateway.url, asked(new URL(upstream).host)],
      [gateway.url, asked("fly-tokens")],
    ],
    basic,
  );
  for (const one of [gateway, behind]) await one.end();
  return [
    {
      what: "npm packuments a second through the gateway, against the registry behind it",
      ...{ ours: perSecond(ours), against: perSecond(theirs), ratio: theirs / ours, ...unbound },
    },
    {
      what: "a tarball of 10 MB through the gateway, against the registry behind it",
      ...{ ours: ms(through), against: ms(direct), ratio: through / direct, ...unbound },
    },
    {
      what: "docker tokens a second: signed ones (JWT) for a registry behind the gateway, against our own that are kept",
      ...{ ours: perSecond(signed), against: perSecond(kept), ratio: kept / signed, ...unbound },
    },
  ];
}

/** A key and its certificate, as docs say to make them. @returns the file's path */
function certificateIn(folder: string): string {
  const path = join(folder, "gateway.pem");
  const made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=bench";
  execFileSync("openssl", [...made.split(" "), "-keyout", path, "-out", `${path}.crt`], { stdio: "ignore" });
  writeFileSync(path, readFileSync(path, "utf8") + readFileSync(`${path}.crt`, "utf8"), { mode: 0o600 });
  return path;
}
