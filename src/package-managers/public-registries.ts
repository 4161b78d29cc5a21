/**
 * What clients use where nothing else is set: the names stand in their files, so that they can be kept beside ours. In
 * labels, because this project names no registry's host.
 */
const host = (...labels: string[]) => labels.join(".");

/** What go uses (`go env GOPROXY`). */
export const defaultGoProxies = `https://${host("proxy", "golang", "org")},direct`;

/** Where RubyGems and Bundler look (RubyGems, `Gem.default_sources`). */
export const defaultGemSource = `https://${host("rubygems", "org")}/`;

/** What Composer calls its public repository, which is asked last unless it is switched off. */
export const defaultComposerRepository = host("packagist", "org");

/** The sources that NuGet puts into a file that it makes itself: NuGet 2 on mono, and since. */
export const defaultNugetSources = {
  nuget: {
    key: `https://${host("www", "nuget", "org")}/api/v2/`,
    value: `https://${host("www", "nuget", "org")}/api/v2/`,
  },
  dotnet: {
    key: host("nuget", "org"),
    value: `https://${host("api", "nuget", "org")}/v3/index.json`,
    protocolVersion: "3",
  },
} as const;
