// A click on a floor plan says where the pin of the form goes, and arrow keys move it; the numbers of the form do the
// same without this. What the form holds is what is drawn.
const SVG = "http://www.w3.org/2000/svg";
const figure = document.querySelector("figure.plan[data-form]");
const form = figure && document.getElementById(figure.dataset.form);
if (form) {
  const svg = figure.querySelector("svg");
  const high = svg.viewBox.baseVal.height;
  const { device, x, y, direction } = form.elements;
  const made = (name, told, into) => {
    const one = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(told)) one.setAttribute(key, value);
    return into.appendChild(one);
  };
  const spot = made("g", { class: "spot", tabindex: 0, role: "button" }, svg);
  const mark = made("g", { class: "mark" }, spot);
  const cone = made("path", { class: "cone", d: "M0 0-30-66A72 72 0 0 1 30-66Z" }, mark);
  for (const name of ["halo", ""]) made("path", { class: name, d: "M-18 0H-6M6 0H18M0-18V-6M0 6V18" }, mark);
  const within = (number) => Math.min(1000, Math.max(0, Math.round(number)));
  const draw = () => {
    spot.classList.toggle("placed", x.value !== "" && y.value !== "");
    const [left, top] = [within(x.value || 500), within(y.value || 500)];
    spot.setAttribute("transform", `translate(${left} ${(top * high) / 1000})`);
    spot.setAttribute("aria-label", `${figure.dataset.name} (${left}, ${top})`);
    cone.setAttribute("visibility", direction.value === "" ? "hidden" : "inherit");
    cone.setAttribute("transform", `rotate(${Number(direction.value) || 0})`);
  };
  const put = (left, top) => {
    x.value = within(left);
    y.value = within(top);
    draw();
  };
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  svg.addEventListener("click", (event) => {
    if (event.target.closest("a")) return;
    const { x: left, y: top } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    put(left, (top / high) * 1000);
    spot.focus({ preventScroll: true });
  });
  spot.addEventListener("keydown", (event) => {
    if (event.key === "Enter") form.requestSubmit();
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const far = event.shiftKey ? 50 : 5;
    put(Number(x.value || 500) + step[0] * far, Number(y.value || 500) + step[1] * far);
  });
  for (const field of [x, y, direction]) field.addEventListener("input", draw);
  device.addEventListener("change", () => {
    const { x: left, y: top, direction: way } = device.selectedOptions[0].dataset;
    if (left === undefined) return;
    direction.value = way;
    put(left, top);
  });
  figure.classList.add("sets");
  draw();
}
