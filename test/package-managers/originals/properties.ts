import { commentOnTop, type Originals } from "./originals.ts";

export const properties: Originals = {
  texts: [
    "# mine\norg.gradle.daemon=false\norg.gradle.jvmargs=-Xmx2g \\\n    -Dfile.encoding=UTF-8\n\n! odd\n  nexusUser : bob\nnexusPassword keep\\u002dme\n",
    "#windows\r\nflyUser = someone\r\nflyToken = former\r\nflyUser=else\r\norg.gradle.caching = true",
    "flyTokenOther=keep\nfly\\ Token=keep\nflyToken\\=x=keep\nsystemProp.http.proxyHost=proxy.example\n\n\n",
    "",
  ],
  broken: "org.gradle.daemon=false\nname=\\u12\n",
  later: commentOnTop("#"),
  theirs: "the-users-own",
};
