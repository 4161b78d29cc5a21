import { parseStep } from "../../../src/formats/format.ts";
import type { Originals } from "./originals.ts";

const settings = [
  `<?xml version="1.0" encoding="UTF-8"?>

<!-- Copied from the wiki. Ask Bob before you change it. -->
<settings xmlns="http://maven.apache.org/SETTINGS/1.2.0"
          xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
          xsi:schemaLocation="http://maven.apache.org/SETTINGS/1.2.0 https://maven.apache.org/xsd/settings-1.2.0.xsd">
  <!-- localRepository | Default: \${user.home}/.m2/repository -->
  <interactiveMode>false</interactiveMode>
  <servers>
    <server>
      <id>nexus</id>
      <username>bob</username>
      <password>{COQLCE6DU6GtcS5P=}</password> <!-- encrypted -->
    </server>
    <!-- <server><id>old</id></server> -->
  </servers>
  <mirrors>
    <mirror>
      <id>internal</id>
      <mirrorOf>acme-internal</mirrorOf>
      <url>https://nexus.example/internal?a=1&amp;b=2</url>
    </mirror>
  </mirrors>
  <profiles>
    <profile>
      <id>jdk</id>
      <properties><note><![CDATA[a < b]]></note></properties>
    </profile>
  </profiles>
  <activeProfiles>
    <activeProfile>jdk</activeProfile>
  </activeProfiles>
</settings>
`,
  `<settings>\r\n\t<servers/>\r\n\t<mirrors></mirrors>\r\n\t<profiles>\r\n\t</profiles>\r\n\t<offline>false</offline>\r\n</settings>`,
  `<settings>
    <servers>
        <server><id>other</id><privateKey>\${user.home}/.ssh/id</privateKey></server>
        <server>
            <id>fly</id>
            <configuration><timeout>5</timeout></configuration>
            <username>old</username>
            <password>old</password>
        </server>
    </servers>
    <profiles>
        <profile>
            <id>fly</id>
            <repositories><repository><id>fly</id><url>https://old.example/maven</url></repository></repositories>
        </profile>
    </profiles>
    <activeProfiles><activeProfile>fly</activeProfile></activeProfiles>
</settings>
`,
];

const config = [
  [
    '\uFEFF<?xml version="1.0" encoding="utf-8"?>',
    "<configuration>",
    "  <packageSources>",
    '    <add key="public" value="https://api.example/v3/index.json" protocolVersion="3" />',
    '    <add key="Company Feed" value="C:\\packages" />',
    "  </packageSources>",
    "  <packageSourceCredentials>",
    "    <Company_x0020_Feed>",
    '        <add key="Username" value="bob" />',
    '        <add key="Password" value="AQAAANCMnd8B" />',
    "    </Company_x0020_Feed>",
    "  </packageSourceCredentials>",
    "  <disabledPackageSources>",
    '    <add key="Microsoft and .NET" value="true" />',
    "  </disabledPackageSources>",
    "  <packageSourceMapping>",
    '    <packageSource key="public"><package pattern="*" /></packageSource>',
    '    <packageSource key="fly"><package pattern="Acme.*" /></packageSource>',
    "  </packageSourceMapping>",
    "</configuration>",
  ].join("\r\n"),
  `<configuration>
	<!-- only ours -->
	<packageSources>
		<clear />
		<add key='Fly' value='https://old.example/v3/index.json' protocolVersion='3'/>
	</packageSources>
	<packageSourceCredentials>
		<Fly>
			<add key="Username" value="old" />
			<add key="Password" value="AQAAANCMnd8B" />
		</Fly>
	</packageSourceCredentials>
	<apikeys />
</configuration>
`,
  '<?xml version="1.0" encoding="utf-8"?>\n<configuration />\n',
];

/** Not in front of the declaration. */
function commentAtEnd(text: string): string {
  return `${text}<!-- later -->${text.includes("\r\n") ? "\r\n" : "\n"}`;
}

export const xml: Originals = {
  texts: [...settings, ...config],
  // A project's own credential would outrank the one that we write.
  fits: (text, path) =>
    /<settings/.test(text) === /settings\.xml$/.test(path) &&
    !(text.includes("<Fly>") && /nuget\.config$/.test(path)),
  broken: "<settings>\n  <servers>\n</settings>\n",
  later: commentAtEnd,
  theirs(path) {
    const { name, key, value } = parseStep(path.at(-1) ?? "");
    if (name.startsWith("@")) return "the-users-own";
    if (key?.startsWith("@")) return `<${name} ${key.slice(1)}="${value}" theirs="1"/>`;
    const inside = key === undefined || key === "." ? (value ?? "") : `<${key}>${value}</${key}>`;
    return `<${name}><!-- the user's own -->${inside}</${name}>`;
  },
  // In a file that we made, declaration and root stay when the user has filled the file too.
  sameBut: (text) => text.replace(/^<\?xml[^>]*>\n<(\w+)>\s*<\/\1>\n/, ""),
};
