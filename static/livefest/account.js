// A passkey that the device doesn't give (cancelled, none there, too late) is said on the page, not only in the console.
(() => {
  "use strict";

  const said = document.getElementById("passkey-failed");
  document.addEventListener("allauth.error", (event) => {
    if (!said) return;
    event.preventDefault();
    said.hidden = false;
  });
})();
