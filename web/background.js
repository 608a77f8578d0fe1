// The toolbar button shows the viewer: in the tab that has it already, or in a new one.
chrome.action.onClicked.addListener(async () => {
  const page = chrome.runtime.getURL("index.html");
  const contexts = await chrome.runtime.getContexts({ contextTypes: ["TAB"] });
  const open = contexts.find((context) => context.documentUrl?.split("#")[0] === page);
  if (open) {
    await chrome.tabs.update(open.tabId, { active: true });
    await chrome.windows.update(open.windowId, { focused: true });
  } else {
    await chrome.tabs.create({ url: page });
  }
});
