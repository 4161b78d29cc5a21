/**
 * Our init script: which repository there is, and where Gradle finds its credential. It holds no secret. One text for
 * every Gradle since 4.4: what an old one lacks is asked for before it is used. The tests run it in 4.4.1; what is for
 * 6.2 and later follows Gradle's documentation.
 */
import { sourceName } from "../package-manager.ts";

/** By its first line the script is known to be ours, whatever follows. */
const marker =
  "// Written by fly-tokens, and replaced by it: settings of your own belong into another file here.";

/** @param mirrors whether the repository is asked before those of the build */
export function initScript(url: URL, mirrors: boolean): string {
  return `${marker}
// It adds the Maven repository '${sourceName}' to every build. User and token are Gradle properties, flyUser and flyToken; where
// there is no flyToken, the environment variable FLY_TOKEN counts, and without either nothing is added.
import org.gradle.util.GradleVersion

def flyUrl = '${url.href.replaceAll("'", "%27")}'
def flyFirst = ${mirrors}

def since = { String version -> GradleVersion.current().baseVersion >= GradleVersion.version(version) }

// What is read through providers is known to the configuration cache.
def read = { owner, String kind, String name ->
    if (!since('6.2')) return kind == 'gradleProperty' ? owner.findProperty(name) : System.getenv(name)
    def provider = owner.providers."$kind"(name)
    return (since('6.5') && !since('7.4') ? provider.forUseAtConfigurationTime() : provider).getOrNull()
}

def addTo = { repositories, owner, boolean first ->
    def user = read(owner, 'gradleProperty', 'flyUser')
    def token = read(owner, 'gradleProperty', 'flyToken') ?: read(owner, 'environmentVariable', 'FLY_TOKEN')
    if (!user || !token || repositories.findByName('${sourceName}')) return
    def added = repositories.maven { repository ->
        repository.name = '${sourceName}'
        repository.url = flyUrl
        repository.credentials { login ->
            login.username = user
            login.password = token
        }${allowHttp(url)}
    }
    if (first) {
        repositories.remove(added)
        repositories.addFirst(added)
    }
}

def management = null
if (since('6.8')) {
    settingsEvaluated { settings ->
        management = settings.dependencyResolutionManagement
        addTo(management.repositories, settings, flyFirst)
    }
}

allprojects { project ->
    project.afterEvaluate {
        // A project without repositories of its own has those of the settings, and one that may have none fails with ours.
        def alone = management == null
        def mode = alone ? null : management.repositoriesMode.get().name()
        if (alone || (mode == 'PREFER_PROJECT' && !project.repositories.isEmpty())) addTo(project.repositories, project, flyFirst)
        if (project.plugins.hasPlugin('maven-publish')) {
            addTo(project.extensions.getByName('publishing').repositories, project, false)
        }
    }
}
`;
}

/** Whether a script is ours to replace. */
export function isOurs(script: string): boolean {
  return script.split(/\r?\n/, 1)[0] === marker;
}

/** The repository that a script of ours adds. */
export function urlOf(script: string): string | undefined {
  return isOurs(script) ? /^def flyUrl = '([^']*)'$/m.exec(script)?.[1] : undefined;
}

/** Gradle 7 refuses http, and 6 warns. The only http that gets here is this machine's own. */
function allowHttp({ protocol }: URL): string {
  return protocol === "http:"
    ? "\n        if (repository.hasProperty('allowInsecureProtocol')) repository.allowInsecureProtocol = true"
    : "";
}
