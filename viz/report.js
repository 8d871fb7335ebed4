// Choosing a line lights its card in the graph, and the other way round. Without this script the same links only jump.
for (const report of document.querySelectorAll(".derivation")) {
  report.classList.replace("still", "live");
  const rows = [...report.querySelectorAll(".lines > li")];
  const choose = (row, shape) => {
    report.querySelectorAll(".chosen").forEach(old => { old.classList.remove("chosen"); old.removeAttribute("aria-current"); });
    row?.classList.add("chosen");
    row?.setAttribute("aria-current", "true");
    if (!shape) return;
    shape.classList.add("chosen");
    const figure = shape.closest("figure"), frame = figure.getBoundingClientRect(), box = shape.getBoundingClientRect();
    if (box.left < frame.left || box.right > frame.right) figure.scrollLeft += (box.left + box.right - frame.left - frame.right) / 2;
    if (box.top < frame.top || box.bottom > frame.bottom) figure.scrollTop += (box.top + box.bottom - frame.top - frame.bottom) / 2;
  };
  const shapeOf = row => document.getElementById(row.dataset.shape);
  const follow = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || !report.contains(target)) return;
    if (rows.includes(target)) return choose(target, shapeOf(target));
    const from = rows.find(row => row.dataset.shape === target.id && row.classList.contains("chosen"));
    choose(from ?? document.getElementById(target.querySelector("a[*|href]")?.href.baseVal.slice(1)), target);
  };
  report.addEventListener("click", event => {
    const row = event.target.closest(".lines > li");
    if (row && !event.target.closest("a:not(.there), summary") && getSelection().isCollapsed) choose(row, shapeOf(row));
    const link = event.target.closest("a[href], svg a");
    if (link && (link.hash ?? link.href.baseVal) === location.hash) follow(); // where there is no change of it
  });
  addEventListener("hashchange", follow);
  follow();
}
