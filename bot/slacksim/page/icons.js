// Line icons drawn for this page: 20×20, one stroke, currentColor.

const PATHS = {
  hash: "M7.5 3.5 6 16.5M14 3.5l-1.5 13M3.5 7.5h13.5M3 12.5h13.5",
  lock: "M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  home: "M3.5 9.5 10 4l6.5 5.500M5.5 8.500V16h9V8.5",
  down: "m5.5 8 4.5 4.500L14.5 8",
  plus: "M10 4.500v11M4.5 10h11",
  close: "m5.5 5.5 9 9M14.5 5.500l-9 9",
  back: "M11.5 5 6.5 10l5 5",
  menu: "M3.5 6h13M3.5 10h13M3.5 14h13",
  reply: "M4 4.500h12v8.500H9L5.5 16v-3H4z",
  more: "M10 5v.01M10 10v.01M10 15v.01",
  send: "m4 4.5 12.5 5.500L4 15.500l1.800-5.500zM5.800 10h6",
  code: "M7 6 3 10l4 4M13 6l4 4-4 4",
  sun: "M10 6.500a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M10 2.500v1.500M10 16v1.500M2.5 10H4M16 10h1.500M4.700 4.700l1 1M14.300 14.300l1 1M4.700 15.300l1-1M14.300 5.700l1-1",
  moon: "M15.800 12.200A6.5 6.5 0 0 1 7.800 4.200a6.5 6.5 0 1 0 8 8z",
  eye: "M2.5 10S5.300 5 10 5s7.5 5 7.5 5-2.800 5-7.5 5-7.5-5-7.5-5zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
  check: "m4.5 10.5 3.5 3.5 7.5-8",
  warn: "M10 3.5 17 16H3zM10 8v4M10 14v.01",
  bolt: "M11 2.5 4.5 11.500H9.500L9 17.500l6.5-9H10.500z",
  external: "M8 5H4.500v10.500H15V12M11.5 4.500h4v4M15.5 4.5 9 11",
  clock: "M10 3.500a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M10 6v4l2.5 2",
  file: "M5.5 3.500h6l3 3v10h-9zM11.5 3.500v3h3",
  pulse: "M2.5 10.500h3.500l2-5 3.5 9 2-4h4",
};

const NS = "http://www.w3.org/2000/svg";

/** icon draws one of the icons above. */
export function icon(name) {
  const svg = drawing(PATHS[name]);
  svg.classList.add(`icon-${name}`);
  return svg;
}

/** drawing draws path data as an icon; it is decoration, so hidden from screen readers. */
export function drawing(data) {
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(NS, "path");
  path.setAttribute("d", data);
  svg.append(path);
  return svg;
}
