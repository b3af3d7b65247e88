// A worker's timers keep their pace when the page is hidden: an agent's page must not fall silent there.
setInterval(() => postMessage(0), 1000);
