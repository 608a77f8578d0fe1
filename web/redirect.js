msalRedirectBridge.broadcastResponseToMainFrame().catch(() => { document.getElementById("failed").hidden = false; });
