// The map of sites, by MapLibre over the files in basemap/ (custodiet.web.basemap says what stands in them): nothing is
// asked of another server, also no letters. Where it cannot draw, the picture that came with the page stays.
import { LngLatBounds, Map as Chart, Marker, NavigationControl, Popup, setWorkerUrl } from "./vendor/maplibre/maplibre-gl.mjs";

const NEAR = 5; // from this zoom on the files of ten degrees are drawn, before it that of the world
const PARTS = 3; // from this zoom on the parts of countries are told
const CLOSEST = 15;
const APART = 38; // marks nearer to one another than so many pixels become one
const NAMED = 30; // with more marks in view, names stand in none
const AREAS = ["land", "lakes"];
const WORST = ["not_satisfied", "undetermined", "rest", "not_judged", "none", "theirs"];

setWorkerUrl(new URL("./vendor/maplibre/maplibre-gl-worker.mjs", import.meta.url).href);

const line = (told) => {
  const points = [];
  for (let at = 0, x = 0, y = 0; at < told.length; at += 2) points.push([(x += told[at]) / 1000, (y += told[at + 1]) / 1000]);
  return points;
};
const feature = (layer, type, coordinates, name, people) => ({ type: "Feature", properties: { layer, name, people }, geometry: { type, coordinates } });
const features = (told) => [
  ...AREAS.flatMap((layer) => (told[layer] || []).map((area) => feature(layer, "Polygon", area.map(line)))),
  ...["provinces", "borders"].flatMap((layer) => (told[layer] || []).map((one) => feature(layer, "LineString", line(one)))),
  ...(told.places || []).map(([x, y, name, people]) => feature("places", "Point", [x / 1000, y / 1000], name, people)),
];
const collection = (found) => ({ type: "FeatureCollection", features: found });
const json = async (address) => {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
};

const layersOf = (source, range, colour) => [
  { id: `${source}-land`, type: "fill", filter: ["==", "layer", "land"], paint: { "fill-color": colour("land"), "fill-antialias": false } },
  { id: `${source}-lakes`, type: "fill", filter: ["==", "layer", "lakes"], paint: { "fill-color": colour("water") } },
  { id: `${source}-provinces`, type: "line", filter: ["==", "layer", "provinces"], minzoom: PARTS, paint: { "line-color": colour("line"), "line-width": 1, "line-dasharray": [3, 2] } },
  { id: `${source}-borders`, type: "line", filter: ["==", "layer", "borders"], paint: { "line-color": colour("border"), "line-width": 1.5 } },
].map((layer) => ({ ...range, ...layer, minzoom: Math.max(range.minzoom || 0, layer.minzoom || 0), source }));
const namesOf = (source, range, colour) => ({
  id: `${source}-places`, type: "symbol", source, ...range, filter: ["==", "layer", "places"],
  layout: { "text-field": ["get", "name"], "text-size": 13, "text-padding": 8, "symbol-sort-key": ["-", 0, ["get", "people"]] },
  paint: { "text-color": colour("text"), "text-halo-color": colour("land"), "text-halo-width": 1.5 },
});
const styleOf = (world, colour) => ({
  version: 8,
  sources: { world: { type: "geojson", data: collection(features(world)), tolerance: 0 }, near: { type: "geojson", data: collection([]) } },
  layers: [
    { id: "water", type: "background", paint: { "background-color": colour("water") } },
    ...layersOf("world", { maxzoom: NEAR }, colour),
    ...layersOf("near", { minzoom: NEAR }, colour),
    namesOf("world", { maxzoom: NEAR }, colour),
    namesOf("near", { minzoom: NEAR }, colour),
  ],
});
const layersOfOwn = (colour) => [
  { id: "own-areas", type: "fill", source: "own", filter: ["==", "$type", "Polygon"], paint: { "fill-color": colour("own"), "fill-opacity": 0.25 } },
  { id: "own-lines", type: "line", source: "own", filter: ["!=", "$type", "Point"], paint: { "line-color": colour("own") } },
  { id: "own-names", type: "symbol", source: "own", layout: { "text-field": ["to-string", ["get", "name"]], "text-size": 12 },
    paint: { "text-color": colour("text"), "text-halo-color": colour("land"), "text-halo-width": 1.5 } },
];

/** Brings in the files of ten degrees that are in view. */
const nearer = async (map, base) => {
  const there = new Set(await json(`${base}/cells.json`));
  const had = new Set();
  let found = [];
  const name = (x, y) => `${y < 0 ? "S" : "N"}${String(Math.abs(y)).padStart(2, "0")}${x < 0 ? "W" : "E"}${String(Math.abs(x)).padStart(3, "0")}`;
  const look = async () => {
    if (map.getZoom() < NEAR - 0.5) return;
    const [[west, south], [east, north]] = map.getBounds().toArray();
    const wanted = [];
    for (let x = Math.floor(west / 10) * 10; x <= east; x += 10)
      for (let y = Math.floor(south / 10) * 10; y <= north; y += 10) wanted.push(name(x, y));
    const fresh = wanted.filter((one) => there.has(one) && !had.has(one));
    fresh.forEach((one) => had.add(one));
    if (!fresh.length) return;
    const told = await Promise.all(fresh.map((one) => json(`${base}/${one}.json`)));
    found = found.concat(told.flatMap(features));
    map.getSource("near").setData(collection(found));
  };
  map.on("moveend", look);
  await look();
};

/** The sites, as the picture that came with the page has them; those that stand worst first. */
const pinsOf = (figure) => [...figure.querySelectorAll(".overview a.pin")].reverse().map((link) => ({
  link, name: link.dataset.name, stands: link.dataset.stands, place: JSON.parse(link.dataset.place), told: link.getAttribute("aria-label"),
}));

/** Marks of the sites; those too near to one another to be told apart are one mark, which opens. */
const marks = (map, pins, words) => {
  const shape = (pin) => {
    const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawn.setAttribute("viewBox", "-15 -15 30 30");
    drawn.setAttribute("aria-hidden", "true");
    drawn.append(...[...pin.link.querySelector(".mark").childNodes].map((node) => node.cloneNode(true)));
    return drawn;
  };
  const link = (pin, named) => {
    const made = Object.assign(document.createElement("a"), { className: `pin ${pin.stands}`, title: pin.told });
    made.href = pin.link.getAttribute("href");
    made.setAttribute("aria-label", pin.told);
    made.append(shape(pin));
    if (named) made.append(Object.assign(document.createElement("span"), { className: "called", textContent: pin.name }));
    return made;
  };
  const several = (group) => {
    const made = document.createElement("button");
    const worst = group.toSorted((a, b) => WORST.indexOf(a.stands) - WORST.indexOf(b.stands))[0];
    made.type = "button";
    made.className = `pin many ${worst.stands}`;
    made.setAttribute("aria-label", `${group.length} ${words.sitesHere}: ${group.slice(0, 5).map((pin) => pin.name).join(", ")}`);
    made.append(shape(worst), Object.assign(document.createElement("span"), { className: "called", textContent: group.length }));
    made.addEventListener("click", (event) => {
      event.stopPropagation();
      const bounds = group.reduce((all, pin) => all.extend(pin.place), new LngLatBounds());
      const wide = map.project(bounds.getNorthEast()).dist(map.project(bounds.getSouthWest()));
      if (wide * 2 ** (CLOSEST - map.getZoom()) > APART) { // they part from one another when one comes closer
        map.fitBounds(bounds, { padding: 80, maxZoom: CLOSEST });
        map.getCanvas().focus();
        return;
      }
      const list = document.createElement("ul");
      list.className = "pins";
      list.append(...group.map((pin) => { const item = document.createElement("li"); item.append(link(pin, true)); return item; }));
      new Popup({ maxWidth: "18rem" }).setLngLat(group[0].place).setDOMContent(list).addTo(map);
    });
    return made;
  };
  let shown = [], before = "";
  const arrange = () => {
    const groups = [];
    for (const pin of pins) {
      const at = map.project(pin.place);
      const near = groups.find((group) => group.at.dist(at) < APART);
      if (near) near.push(pin);
      else groups.push(Object.assign([pin], { at }));
    }
    const { clientWidth: wide, clientHeight: high } = map.getContainer();
    const seen = groups.filter(({ at }) => at.x > -wide && at.x < 2 * wide && at.y > -high && at.y < 2 * high);
    const now = JSON.stringify(seen.map((group) => group.map((pin) => pins.indexOf(pin))));
    if (now === before) return; // whoever stands on a mark with the keyboard is not thrown off it
    before = now;
    shown.forEach((marker) => marker.remove());
    shown = seen.map((group) => {
      const element = group.length > 1 ? several(group) : link(group[0], seen.length <= NAMED);
      return new Marker({ element }).setLngLat(group[0].place).addTo(map);
    });
  };
  map.on("moveend", arrange);
  arrange();
};

/** A click on the map fills in where the site is. */
const fills = (map, form) => {
  const [north, east] = ["latitude", "longitude"].map((name) => form.elements.namedItem(name));
  const element = Object.assign(document.createElement("span"), { className: "here" });
  element.setAttribute("aria-hidden", "true");
  const here = new Marker({ element });
  const move = () => { if (north.value && east.value && form.checkValidity()) here.setLngLat([+east.value, +north.value]).addTo(map); };
  map.on("click", ({ lngLat }) => {
    const { lng, lat } = lngLat.wrap();
    [north.value, east.value] = [lat.toFixed(5), lng.toFixed(5)];
    form.closest("details").open = true;
    move();
  });
  form.addEventListener("input", move);
};

const begin = async (figure) => {
  const words = figure.dataset;
  if (!document.createElement("canvas").getContext("webgl2")) return;
  const world = await json(`${words.base}/world.json`);
  const pins = pinsOf(figure);
  const colour = (name) => getComputedStyle(figure).getPropertyValue(`--map-${name}`).trim();
  const container = Object.assign(document.createElement("div"), { className: "chart" });
  figure.prepend(container);
  const bounds = pins.reduce((all, pin) => all.extend(pin.place), new LngLatBounds(pins.length || !words.around ? undefined : JSON.parse(words.around)));
  const map = new Chart({
    container, style: styleOf(world, colour), attributionControl: false, cooperativeGestures: true, dragRotate: false, pitchWithRotate: false,
    maxZoom: CLOSEST, ...(bounds.isEmpty() ? { center: [10, 30], zoom: 0.5 } : { bounds, fitBoundsOptions: { padding: 60, maxZoom: 9 } }),
    locale: { "Map.Title": words.name, "NavigationControl.ZoomIn": words.zoomIn, "NavigationControl.ZoomOut": words.zoomOut, "Popup.Close": words.close,
      "CooperativeGesturesHandler.WindowsHelpText": words.keys, "CooperativeGesturesHandler.MacHelpText": words.macKeys, "CooperativeGesturesHandler.MobileHelpText": words.fingers },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  await new Promise((done) => map.once("load", done));
  figure.classList.add("drawn");
  map.resize();
  if (words.own) { // what is wrong in it must not keep the rest from being drawn
    map.addSource("own", { type: "geojson", data: words.own });
    layersOfOwn(colour).forEach((layer) => map.addLayer(layer, "world-places"));
  }
  marks(map, pins, words);
  if (words.fills) fills(map, document.getElementById(words.fills));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const layer of [...styleOf({}, colour).layers, ...(words.own ? layersOfOwn(colour) : [])])
      for (const [name, value] of Object.entries(layer.paint)) map.setPaintProperty(layer.id, name, value);
  });
  await nearer(map, words.base);
  figure.dataset.ready = "";
};

for (const figure of document.querySelectorAll("figure.map")) begin(figure);
