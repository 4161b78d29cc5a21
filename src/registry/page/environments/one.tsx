/** An environment: what runs there, whether it is behind, and what ran before. */
import {
  drift,
  type EnvironmentView,
  history,
  type RunningView,
  requireEnvironment,
  running,
  viewEnvironment,
} from "../../environments.ts";
import type { RoomDeps } from "../../room.ts";
import type { View } from "../document.tsx";
import { Head, Notice, Text } from "../parts.tsx";
import type { Visitor } from "../sessions.ts";
import { counted, day } from "../shown.ts";
import { History } from "./history.tsx";
import { Running } from "./running.tsx";

/** Deployments on a page. */
const pageSize = 25;

export async function environmentPage(
  { db, now, origin }: RoomDeps,
  { caller }: Visitor,
  wanted: string,
  request: Request,
): Promise<View> {
  const address = new URL(request.url);
  const environment = await viewEnvironment(db, await requireEnvironment(db, wanted), now());
  const { name } = environment;
  const cursor = address.searchParams.get("cursor") ?? undefined;
  const past = await history(db, name, { limit: pageSize, cursor });
  const current = await running(db, name);
  const behind = await drift(db, name);
  const { host } = new URL(origin(request));
  return {
    title: name,
    place: "environments",
    body: (
      <>
        <Head title={name} back={{ to: "/environments", title: "Environments" }}>
          <a class="button first" href={`/tokens/new?environment=${name}`}>
            Create a token for it
          </a>
        </Head>
        {address.searchParams.get("done") === "created" && (
          <Notice kind="done">
            <b>The environment was created.</b>Now create a token for it, and let it pull its images with
            that.
          </Notice>
        )}
        <About environment={environment} isAdmin={caller.role === "admin"} />
        {current.length === 0 ? (
          <NothingRuns host={host} />
        ) : (
          <>
            <Running images={merged(current, behind)} now={now()} />
            <History {...past} isFirst={cursor === undefined} name={name} />
          </>
        )}
      </>
    ),
  };
}

/** @returns what runs, with how far each is behind, where that is known */
function merged(current: RunningView[], behind: Awaited<ReturnType<typeof drift>>) {
  return current.map((each) => ({ ...each, drift: behind.find(({ image }) => image === each.image) }));
}

function About({ environment, isAdmin }: { environment: EnvironmentView; isAdmin: boolean }) {
  const { name, description, tokens, created_by, created_at } = environment;
  return (
    <div class="card">
      {description !== "" && (
        <p>
          <Text>{description}</Text>
        </p>
      )}
      <p class="quiet">
        Created by {created_by} on {day(created_at)}.{" "}
        <a href={`/?environment=${name}&status=active`}>{counted(tokens, "active token")}</a>
        {isAdmin && tokens === 0 && (
          <>
            {" · "}
            <a href={`/environments/${name}/delete`}>Delete this environment…</a>
          </>
        )}
      </p>
    </div>
  );
}

function NothingRuns({ host }: { host: string }) {
  return (
    <section class="card">
      <h2>Nothing was pulled yet</h2>
      <p class="quiet">
        Every image that is pulled with a token of this environment counts as a deployment. Create such a
        token, log in with it where the images run, and pull:
      </p>
      <pre>
        docker login {host} --username USER --password-stdin{"\n"}docker pull {host}/docker/IMAGE:TAG
      </pre>
    </section>
  );
}
