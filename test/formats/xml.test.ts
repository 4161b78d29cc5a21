import { DOMParser, type Node as DomNode } from "@xmldom/xmldom";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError, type Path } from "../../src/formats/format.ts";
import { xml } from "../../src/formats/xml.ts";
import { markup } from "../../src/formats/xml-layout.ts";
import { expectLaws, expectLinesKept, mixed } from "./laws.ts";

const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
const server = ["settings", "servers", "server[id=fly]"];

function withServer(text: string): string {
  const content = [
    { name: "id", content: "fly" },
    { name: "password", content: "t&k" },
  ];
  return xml.write(text, server, markup(text, server, { name: "server", content }));
}

describe("reading", () => {
  const text = `<!-- top --><settings xmlns="urn:s" a='"1"'>
  <servers>
    <server><!-- mine --><id> other </id><password>a&lt;b</password></server>
    <server><id><![CDATA[fly]]></id><password><![CDATA[x<y]]></password></server>
    <server><id>fly</id><password/></server>
  </servers>
  <activeProfiles><activeProfile>one</activeProfile><activeProfile>fly</activeProfile></activeProfiles>
</settings>`;

  test.each<[Path, string | undefined]>([
    [["settings", "servers", "server[id=other]", "password"], "<password>a&lt;b</password>"],
    [server, "<server><id>fly</id><password/></server>"],
    [["settings", "servers", "server[id=none]"], undefined],
    [["settings", "activeProfiles", "activeProfile[.=fly]"], "<activeProfile>fly</activeProfile>"],
    [["settings", "@xmlns"], "urn:s"],
    [["settings", "@a"], '"1"'],
    [["settings", "@b"], undefined],
    [["settings", "mirrors", "@b"], undefined],
  ])("%j", (path, source) => {
    expect(xml.read(text, path)).toBe(source);
  });

  test("finds an item by an attribute, in the notation of its source", () => {
    const config =
      '<configuration><packageSources><add key="a &amp; b" value="1"/></packageSources></configuration>';
    const path = ["configuration", "packageSources", "add[@key=a & b]"];
    expect(xml.read(config, path)).toBe('<add key="a &amp; b" value="1"/>');
    expect(xml.read(config, [...path, "@value"])).toBe("1");
  });

  test("an empty text has nothing in it, and a root of another name is refused", () => {
    for (const text of ["", "\uFEFF", " \r\n"]) expect(xml.read(text, server)).toBeUndefined();
    expect(() => xml.read("<project/>", server)).toThrow(ParseError);
  });
});

describe("writing", () => {
  test("makes a new file with declaration and root, and takes it all back", () => {
    const named = xml.write("", ["settings", "@xmlns"], "urn:s");
    expect(named).toBe(`${declaration}\n<settings xmlns="urn:s">\n</settings>\n`);
    const text = withServer(named);
    expect(text).toBe(`${declaration}
<settings xmlns="urn:s">
  <servers>
    <server>
      <id>fly</id>
      <password>t&amp;k</password>
    </server>
  </servers>
</settings>
`);
    expect(xml.erase(xml.erase(text, server), ["settings", "@xmlns"])).toBe("");
    expect(withServer("")).toBe(text.replace(' xmlns="urn:s"', ""));
    expect(xml.erase(withServer("\uFEFF\r\n"), server)).toBe("\uFEFF\r\n");
  });

  test.each([
    ["\t", "\n"],
    ["  ", "\r\n"],
    ["    ", "\n"],
  ])("after the last of its kind, indented by %j, with %j", (tab, nl) => {
    const lines = [
      "<settings>",
      `${tab}<servers>`,
      `${tab}${tab}<server>`,
      `${tab}${tab}${tab}<id>other</id>`,
      `${tab}${tab}</server> <!-- other -->`,
      `${tab}</servers>`,
      "</settings>",
    ];
    const ours = ["<server>", `${tab}<id>fly</id>`, `${tab}<password>t&amp;k</password>`, "</server>"];
    const after = [...lines.slice(0, 5), ...ours.map((line) => tab + tab + line), ...lines.slice(5)];
    expect(withServer(lines.join(nl))).toBe(after.join(nl));
  });

  test.each([
    ["self-closed", "<servers/>"],
    ["self-closed with a space", "<servers />"],
    ["open and closed", "<servers></servers>"],
    ["over two lines", "<servers>\n  </servers>"],
    ["over three lines", "<servers>\n\n  </servers>"],
    ["with a comment alone", "<servers>\n    <!-- <server>…</server> -->\n  </servers>"],
    ["with attributes", '<servers a="1"/>'],
    ["not there", ""],
    ["there twice", "<servers/>\n  <servers/>"],
  ])("into a parent that was %s, and back", (_, parent) => {
    const text = `<settings>\n  <offline/>\n  ${parent}\n</settings>`;
    const written = withServer(text);
    expect(written).toMatch(/\n {4}<server>\n {6}<id>fly<\/id>\n|<servers><server>/);
    expect(xml.erase(written, server)).toBe(text);
  });

  test.each([
    "<settings/>",
    "<settings></settings>",
    "<settings>\n</settings>",
    `${declaration}\n<settings>\n</settings>\n`,
  ])("into the root %j, and back", (text) => {
    expect(xml.erase(withServer(text), server)).toBe(text);
    expect(xml.erase(xml.write(text, ["settings", "@xmlns"], "urn:s"), ["settings", "@xmlns"])).toBe(text);
  });

  test("on one line what stands on one line", () => {
    const text = "<settings><servers><server><id>a</id></server></servers></settings>";
    expect(withServer(text)).toBe(
      "<settings><servers><server><id>a</id></server><server><id>fly</id><password>t&amp;k</password></server></servers></settings>",
    );
    expect(withServer("<settings><offline/></settings>")).toBe(
      "<settings><offline/><servers> <server><id>fly</id><password>t&amp;k</password></server> </servers></settings>",
    );
  });

  test("an attribute with quotes of either kind, in place or after the last", () => {
    const path = ["c", "add[@key=fly]", "@value"];
    expect(xml.write("<c><add key='fly'\n value = 'old'/></c>", path, "new")).toBe(
      "<c><add key='fly'\n value = 'new'/></c>",
    );
    expect(xml.write('<c><add key="fly" /></c>', path, "new")).toBe('<c><add key="fly" value="new" /></c>');
    expect(xml.write('<c><add key="fly"/></c>', path, 'a"b')).toBe(`<c><add key="fly" value='a"b'/></c>`);
  });

  test.each<[string, Path, string]>([
    ["two elements", server, "<server><id>fly</id></server><server/>"],
    ["white space around it", server, " <server><id>fly</id></server>"],
    ["another element", server, "<other><id>fly</id></other>"],
    ["an item of another key", server, "<server><id>flight</id></server>"],
    ["half an element", server, "<server><id>fly</id>"],
    ["a comment after it", server, "<server><id>fly</id></server><!-- -->"],
    ["an unknown entity", server, "<server><id>fly</id>&x;</server>"],
    ["the end of an attribute", ["settings", "@a"], `1" b="2" c='`],
    ["markup in an attribute", ["settings", "@a"], "<"],
    ["the root itself", ["settings"], "<settings/>"],
    ["one of several by the way", ["settings", "servers", "server[id=new]", "password"], "<password/>"],
  ])("refuses %s", (_, path, source) => {
    expect(() => xml.write("<settings/>", path, source)).toThrow(RangeError);
  });

  test("refuses to put an element into text", () => {
    expect(() => withServer("<settings><servers>none</servers></settings>")).toThrow(ParseError);
  });

  test("of equal names it edits the one that counts", () => {
    const text = "<s><a>1</a><b/><a>2</a></s>";
    expect(xml.write(text, ["s", "a"], "<a>3</a>")).toBe("<s><a>1</a><b/><a>3</a></s>");
    expect(xml.erase(text, ["s", "a"])).toBe("<s><b/></s>");
  });
});

describe("what does not parse", () => {
  test.each([
    ["an open tag", "<settings>\n<servers>\n</settings>", 3],
    ["two roots", "<settings/>\n<settings/>", 2],
    [
      "a DOCTYPE",
      '<!DOCTYPE settings [\n<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<settings>&x;</settings>',
      2,
    ],
    ["an entity of nobody", "<settings>\n&x;</settings>", 2],
    ["an attribute twice", '<settings a="1"\na="2"/>', 2],
    ["a comment alone", "<!-- mine -->", 1],
    ["a NUL character", "<settings>\0</settings>", 1],
    ["text around the root", "x<settings/>", 1],
    ["something else", "{}", 1],
  ])("%s", (_, text, line) => {
    expect(() => xml.read(text, server)).toThrow(expect.objectContaining({ name: "ParseError", line }));
    expect(() => withServer(text)).toThrow(ParseError);
    expect(() => xml.erase(text, server)).toThrow(ParseError);
  });
});

test("strings survive their notation, in text and between quotes of either kind", () => {
  const letters = fc.string({
    unit: fc.constantFrom(...`a<>&"' %é😀]\t\n\r{}#;`, "&amp;", "]]>"),
    maxLength: 8,
  });
  fc.assert(
    fc.property(letters, (value) => {
      const source = xml.encode(value);
      expect(xml.decode(source)).toBe(value);
      const text = `<a b="${source}" c='${source}'>${source}</a>`;
      const root = dom(text).documentElement;
      expect([root?.getAttribute("b"), root?.getAttribute("c"), root?.textContent]).toEqual([
        value,
        value,
        value,
      ]);
    }),
  );
  expect(() => xml.encode("\0")).toThrow(RangeError);
  expect(() => xml.encode("\uD800")).toThrow(RangeError);
  expect(xml.decode("<a/>")).toBeUndefined();
});

describe("for any settings file", () => {
  const name = fc.constantFrom("servers", "server", "mirrors", "id");
  const white = fc.constantFrom("", "", "\n  ", "\n", " ", "\r\n\t", "\n\n");
  const note = fc.constantFrom("<!-- <servers> -->", "<?x y?>", "<![CDATA[ <server> ]]>", "text", "&#233;");
  const attributes = fc.constantFrom("", "", "", " a='1'", ' id="fly" ', ' xml:space = "default"');
  const elementOf = (inner: fc.Arbitrary<string>) =>
    fc
      .tuple(
        name,
        attributes,
        white,
        fc.array(fc.tuple(fc.oneof(inner, inner, note), white), { maxLength: 3 }),
      )
      .map(([tag, attribute, lead, parts]) => {
        const content = lead + parts.flat().join("");
        if (content === "") return `<${tag}${attribute}/>`;
        return tag === "id" ? `<id>${lead}fly</id>` : `<${tag}${attribute}>${content}</${tag}>`;
      });
  const element = elementOf(elementOf(elementOf(note)));
  const pretty = fc
    .tuple(fc.constantFrom("  ", "\t", "   "), fc.constantFrom("\n", "\r\n"), element)
    .map(([tab, nl, tree]) => {
      let depth = 1;
      return tree.replace(/\s+/g, " ").replace(/(?<=>) ?(?=<(\/)?)/g, (_, end?: string) => {
        if (end) depth -= 1;
        return nl + tab.repeat(Math.max(1, depth++ - (end ? 1 : 0)));
      });
    });
  const text = fc
    .tuple(
      fc.constantFrom("", "\uFEFF", `${declaration}\n`, `${declaration}\r\n<!-- mine -->\r\n`),
      fc.constantFrom("", ' xmlns="urn:s"'),
      fc.array(fc.tuple(white, fc.oneof(element, pretty, note)), { maxLength: 4 }),
      fc.constantFrom("", "\n", "\r\n"),
    )
    .map(
      ([top, attribute, parts, end]) =>
        `${top}<settings${attribute}>${parts.flat().join("")}${end}</settings>${end}`,
    );
  const path = fc.constantFrom<Path>(
    server,
    ["settings", "servers"],
    ["settings", "mirrors", "new", "deep", "id[.=fly]"],
    ["settings", "servers", "server", "id"],
    ["settings", "@xmlns"],
    ["settings", "servers", "@id"],
  );

  function sourceFor(text: string, path: Path): string {
    const step = path.at(-1) ?? "";
    if (step.startsWith("@")) return "a&amp;b";
    const content = step.startsWith("server[") ? [{ name: "id", content: "fly" }, { name: "x" }] : "fly";
    return markup(text, path, { name: step.replace(/\[.*/, ""), content });
  }

  test("the laws hold, lines stay, and another parser sees nothing else change", () => {
    let tried = 0;
    const blank = mixed(fc.constantFrom("", " "));
    fc.assert(
      fc.property(fc.oneof(text, text, text, text, blank), path, (text, path) => {
        const source = sourceFor(text, path);
        try {
          xml.write(text, path, source);
        } catch (error) {
          // Text where an element would have to go, or no element for the attribute.
          expect(error).toBeInstanceOf(ParseError);
          return;
        }
        tried += 1;
        expectLaws(xml, text, path, source);
        const written = xml.write(text, path, source);
        if (xml.read(text, path) !== undefined) return;
        expectLinesKept(text, written, 1);
        if (text.trim().replace("\uFEFF", "") === "" || path.at(-1)?.startsWith("@")) return;
        // Taken out of the new document by its own means, the new element leaves the old document.
        const grown = elementsOf(dom(written));
        const former = elementsOf(dom(text));
        for (const [entry, count] of former) expect(grown.get(entry)).toBeGreaterThanOrEqual(count);
        const added =
          [...grown.values()].reduce((a, b) => a + b) - [...former.values()].reduce((a, b) => a + b);
        expect(added).toBeLessThanOrEqual(path.length + 2);
      }),
      { numRuns: 800 },
    );
    expect(tried).toBeGreaterThan(400);
  });
});

function dom(text: string) {
  const onError = (level: string, message: string) => {
    throw new Error(`${level}: ${message}`);
  };
  return new DOMParser({ onError }).parseFromString(text.replace(/^\uFEFF/, ""), "text/xml");
}

/** Everything in a document but white space: what it is, where, and how often. */
function elementsOf(document: ReturnType<typeof dom>): Map<string, number> {
  const found = new Map<string, number>();
  const visit = (node: DomNode, at: string): void => {
    const value = (node.nodeValue ?? "").trim();
    const name = `${at}/${node.nodeName}`;
    if (node.nodeType !== 3 || value !== "")
      found.set(`${name}=${value}`, (found.get(`${name}=${value}`) ?? 0) + 1);
    for (let child = node.firstChild; child; child = child.nextSibling) visit(child, name);
  };
  visit(document, "");
  return found;
}
