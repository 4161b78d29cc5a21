/** The service index, which every NuGet client asks first. */
import { type Answer, json } from "../answer.ts";
import type { Known } from "../request.ts";
import { artifactory } from "./door.ts";
import { isAnswer, placeOf } from "./repository.ts";

export const serviceIndex = artifactory((request: Known): Answer => {
  const place = placeOf(request, "r", "nuget");
  if (isAnswer(place)) return place;
  const base = `${request.origin}/artifactory/api/nuget/v3/${place.key}`;
  return json({
    version: "3.0.0",
    resources: [
      { "@id": `${base}/registration/`, "@type": "RegistrationsBaseUrl/3.6.0" },
      { "@id": `${base}/flatcontainer/`, "@type": "PackageBaseAddress/3.0.0" },
      { "@id": base, "@type": "PackagePublish/2.0.0" },
    ],
  });
});
