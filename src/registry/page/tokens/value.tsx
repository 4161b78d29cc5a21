/** The one page that holds a new token's value. */
import type { TokenView } from "../../tokens.ts";
import type { View } from "../document.tsx";
import { ShownOnce } from "../once.tsx";
import { Head, Text } from "../parts.tsx";
import { minute, permissions, shown } from "../shown.ts";

/** @param registry where clients reach it */
export function valuePage(token: TokenView, value: string, registry: URL): View {
  const { origin, host } = registry;
  return {
    title: `New token: ${shown(token.name)}`,
    place: "tokens",
    slim: true,
    body: (
      <>
        <Head title={<Text>{token.name}</Text>} back={{ to: "/", title: "Tokens" }} />
        <ShownOnce
          label="Value of the new token"
          value={value}
          lost="If it is lost, revoke the token and create another."
        >
          <dl>
            <dt>Username</dt>
            <dd>
              <code>{token.username}</code>
            </dd>
            <dt>Permission</dt>
            <dd>{permissions[token.permission]}</dd>
            <dt>Expires</dt>
            <dd>{token.expires_at === null ? "Never" : minute(token.expires_at)}</dd>
            {token.environment !== undefined && (
              <>
                <dt>Environment</dt>
                <dd>
                  <a href={`/environments/${token.environment}`}>{token.environment}</a>
                </dd>
              </>
            )}
          </dl>
          <section>
            <h2>Where it is used</h2>
            <dl>
              <dt>npm, pnpm, Yarn</dt>
              <dd>
                <code>{origin}/artifactory/api/npm/npm/</code>
              </dd>
              <dt>pip, uv, Poetry</dt>
              <dd>
                <code>{origin}/artifactory/api/pypi/pypi/simple</code>
              </dd>
              <dt>docker, podman, helm</dt>
              <dd>
                <code>
                  docker login {host} --username {token.username} --password-stdin
                </code>
              </dd>
              <dt>Maven, Gradle</dt>
              <dd>
                <code>{origin}/artifactory/maven</code>
              </dd>
            </dl>
          </section>
        </ShownOnce>
        <p class="row">
          <a class="button" href="/">
            Done
          </a>
          <a href={`/tokens/${token.id}`}>About this token</a>
        </p>
      </>
    ),
  };
}
