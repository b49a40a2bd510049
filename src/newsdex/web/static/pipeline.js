"use strict";

// Looks again while something goes on; without a script there is a link for it.
for (const going of document.querySelectorAll("[data-looks-again]")) {
  setTimeout(() => location.reload(), 1000 * Number(going.dataset.looksAgain));
}
