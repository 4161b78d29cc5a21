/** The form for a new environment. */
import { PostForm, type View } from "../document.tsx";
import { Decision } from "../form-parts.tsx";
import type { Mistakes } from "../invalid.ts";
import { Field, Head } from "../parts.tsx";
import type { Visitor } from "../sessions.ts";

/** @param failure what was wrong with what was filled in */
export function formPage(
  visitor: Visitor,
  filled: { name: string; description: string },
  failure?: { mistakes: Mistakes; status: number },
): View {
  const { mistakes, status } = failure ?? { mistakes: {} as Mistakes, status: 200 };
  return {
    title: "Create an environment",
    place: "environments",
    slim: true,
    status,
    body: (
      <>
        <Head title="Create an environment" back={{ to: "/environments", title: "Environments" }} />
        <PostForm to="/environments/new" visitor={visitor} class="card">
          <Field
            name="name"
            label="Name"
            value={filled.name}
            hint="Lower-case letters, digits and hyphens: staging, production-eu."
            // Only a name can be taken.
            wrong={mistakes.name ?? mistakes.form}
            maxlength={63}
            first={!mistakes.description}
          />
          <Field
            name="description"
            label="Description (optional)"
            value={filled.description}
            wrong={mistakes.description}
            maxlength={500}
            optional
          />
          <Decision act="Create" or={{ to: "/environments", title: "Cancel" }} />
        </PostForm>
      </>
    ),
  };
}
