// Pop-up menus and the placing of anything that floats over the page.
import { h, uid } from "./dom.js";
import { icon } from "./icons.js";

/**
 * float shows a box beside its anchor in the browser's top layer. It is put
 * inside the open dialog, when there is one, because everything outside a modal
 * dialog is inert. Returns a function that takes it away.
 */
export function float(box, anchor, { above = false, end = false, wide = false } = {}) {
  box.popover = "manual";
  (anchor.closest("dialog") ?? document.body).append(box);
  box.showPopover();
  const place = () => {
    const at = anchor.getBoundingClientRect();
    if (wide) box.style.width = `${Math.min(Math.max(at.width, 200), innerWidth - 16)}px`;
    const room = innerHeight - at.bottom;
    const up = (above && at.top > 120) || (room < Math.min(box.scrollHeight, 260) + 12 && at.top > room);
    box.style.maxHeight = `${Math.max(120, (up ? at.top : room) - 16)}px`;
    const size = box.getBoundingClientRect();
    const left = end ? at.right - size.width : at.left;
    box.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 8))}px`;
    box.style.top = `${up ? at.top - size.height - 6 : at.bottom + 6}px`;
  };
  place();
  addEventListener("resize", place);
  addEventListener("scroll", place, true);
  // The list may grow while it is open (search results).
  const watch = new ResizeObserver(place);
  watch.observe(box);
  return () => {
    removeEventListener("resize", place);
    removeEventListener("scroll", place, true);
    watch.disconnect();
    box.remove();
  };
}

let closeOpenMenu = null;

/**
 * openMenu shows a menu at an anchor. Items: {label, description, icon, href,
 * danger, checked, run} or {heading}. Arrow keys, Home, End and first letters
 * move; Escape and Tab close; focus returns to the anchor.
 */
export function openMenu(anchor, items, { label, above, end } = {}) {
  const again = anchor.getAttribute("aria-expanded") === "true";
  closeOpenMenu?.();
  if (again) return;
  const rows = items.map((item) => (item.heading ? h("div", { class: "menu-heading", role: "presentation" }, item.heading) : row(item, close)));
  const box = h("div", { class: "menu", role: "menu", "aria-label": label, id: uid("menu"), onkeydown: keys }, rows);
  anchor.setAttribute("aria-expanded", "true");
  const unfloat = float(box, anchor, { above, end });
  const outside = (event) => {
    if (!box.contains(event.target) && !anchor.contains(event.target)) close(false);
  };
  document.addEventListener("pointerdown", outside, true);
  closeOpenMenu = close;
  focusable(box)[0]?.focus();

  function close(refocus = true) {
    closeOpenMenu = null;
    unfloat();
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (refocus) anchor.focus();
  }

  function keys(event) {
    const all = focusable(box);
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) all.at(to % all.length).focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else if (event.key.length === 1 && event.key !== " ") startingWith(all, at, event.key)?.focus();
    else return;
    // Escape closes the menu only, not the dialog around it.
    event.preventDefault();
    event.stopPropagation();
  }
}

const focusable = (box) => [...box.querySelectorAll('[role^="menuitem"]')];

function startingWith(all, at, letter) {
  const order = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  return order.find((el) => el.textContent.trim().toLowerCase().startsWith(letter.toLowerCase()));
}

function row(item, close) {
  const inside = [
    item.icon ? (typeof item.icon === "string" ? icon(item.icon) : item.icon) : null,
    h("span", { class: "menu-text" }, h("span", { class: "menu-label" }, item.label), item.description ? h("span", { class: "menu-description" }, item.description) : null),
    item.checked ? icon("check") : null,
  ];
  const props = { class: item.danger ? "menu-item danger" : "menu-item", tabindex: -1, role: item.checked === undefined ? "menuitem" : "menuitemradio" };
  if (item.checked !== undefined) props["aria-checked"] = String(Boolean(item.checked));
  props.onclick = () => {
    close();
    item.run?.();
  };
  if (item.href) return h("a", { ...props, href: item.href, target: "_blank", rel: "noopener noreferrer" }, inside);
  return h("button", { ...props, type: "button" }, inside);
}
