// The built page on a host of its own, and a browser to open it in.
import { after, before } from "node:test";
import { launch } from "./browser.mjs";
import { serveDist } from "./site.mjs";

/** Both for all tests of a file: `site` and `context`, there once its tests run. */
export function served() {
  const served = {};
  before(async () => {
    served.site = await serveDist();
    served.context = await launch();
  });
  after(async () => {
    await served.context.close();
    await served.site.close();
  });
  return served;
}
