"use strict";

// Airflow shows the pages in a frame that may neither leave it nor open a window, and many a site is shown in no frame.
// So what leads elsewhere is opened from Airflow's own page, which is of our origin, beside it.
if (window.parent !== window) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[target=_top]");
    if (!link) return;
    event.preventDefault();
    const beside = window.parent.document.createElement("a");
    Object.assign(beside, { href: link.href, target: "_blank", rel: "noopener noreferrer" });
    beside.click();
  });
}

// On every page the slash key leads to the search box.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.getElementById("q");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
