// A link to something inside a closed part opens that part; browsers that do so themselves lose nothing. On paper
// nothing can be opened, so all but long tables is open while it is printed, and closed again after.
(() => {
  const open = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    for (let part = target && target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    if (target) target.scrollIntoView();
  };
  let opened = [];
  addEventListener("hashchange", open);
  addEventListener("DOMContentLoaded", open);
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:is(.part, .law):not(.long, [open])")];
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
    opened = [];
  });
})();
