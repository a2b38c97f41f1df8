// What a page looks like to somebody with a ruler: each function returns what is wrong, in words.
(() => {
  "use strict";
  const EDGE = 1; // a pixel of rounding

  const named = (element) => {
    const words = (element.getAttribute("aria-label") || element.textContent || "").trim().replace(/\s+/g, " ");
    const place = element.id ? `#${element.id}` : element.className && element.className.split ? `.${element.className.split(" ").join(".")}` : "";
    return `${element.localName}${place} “${words.slice(0, 70)}”`;
  };
  // Kept for screen readers only, or waiting for the focus.
  const veils = () => [...document.querySelectorAll("body *")].filter((element) => getComputedStyle(element).clipPath === "inset(50%)");
  const seen = (veiled) => (element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })
    && !element.closest(".skip, [hidden], option") && !veiled.some((veil) => veil.contains(element));
  const all = (selector) => [...document.querySelectorAll(selector)].filter(seen(veils()));

  // Wider than the window, or reaching over one of its sides.
  const sideways = () => {
    const page = document.documentElement;
    const found = page.scrollWidth > page.clientWidth + EDGE ? [`the page is ${page.scrollWidth} px wide`] : [];
    for (const element of all("body *")) {
      if (element.closest("svg") && element.localName !== "svg") continue;
      const box = element.getBoundingClientRect();
      if (box.width && (box.right > page.clientWidth + EDGE || box.left < -EDGE)) found.push(`${named(element)} reaches from ${box.left | 0} to ${box.right | 0}`);
    }
    return found.slice(0, 8);
  };

  // Text that is cut off by its box.
  const clipped = () => all("body *").filter((element) => {
    const style = getComputedStyle(element);
    if (element.matches("textarea, input, select, svg, svg *")) return false;
    const wide = style.overflowX !== "visible" && element.scrollWidth > element.clientWidth + EDGE;
    return wide || (style.overflowY !== "visible" && element.scrollHeight > element.clientHeight + EDGE);
  }).map((element) => `${named(element)} is cut off`);

  // Lines of text as boxes, without the air above and below the letters.
  const lines = () => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const shown = seen(veils());
    const fixed = (element) => element.closest(".thumb"); // stands over the page, which leaves room for it
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      const parent = text.parentElement;
      if (!text.data.trim() || !shown(parent) || fixed(parent) || parent.closest("svg, textarea, select, script")) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      for (const box of range.getClientRects()) {
        const air = box.height * 0.28;
        if (box.width > 1) found.push({ text, parent, left: box.left, right: box.right, top: box.top + air, bottom: box.bottom - air });
      }
    }
    for (const control of all("input:not([type=hidden]), select, textarea, .button, .stamp, svg.tiles")) {
      if (fixed(control)) continue;
      const box = control.getBoundingClientRect();
      found.push({ parent: control, left: box.left, right: box.right, top: box.top, bottom: box.bottom });
    }
    return found;
  };
  const overlapping = () => {
    const found = [];
    const sorted = lines().sort((one, other) => one.top - other.top);
    sorted.forEach((one, index) => {
      for (let next = index + 1; next < sorted.length && sorted[next].top < one.bottom - EDGE; next += 1) {
        const other = sorted[next];
        const within = one.parent.contains(other.parent) || other.parent.contains(one.parent);
        if (within && (one.text === undefined || other.text === undefined || one.text === other.text)) continue;
        if (Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2) found.push(`${named(one.parent)} lies over ${named(other.parent)}`);
      }
    });
    return found.slice(0, 8);
  };

  // Letters of the map stay in their tiles.
  const tiles = () => all("svg.tiles g").flatMap((tile) => {
    const box = tile.querySelector("rect").getBoundingClientRect();
    return [...tile.querySelectorAll("text")].filter((text) => getComputedStyle(text).display !== "none").filter((text) => {
      const letters = text.getBoundingClientRect();
      return letters.left < box.left - EDGE || letters.right > box.right + EDGE;
    }).map((text) => `${text.textContent} does not fit into its tile`);
  });

  // What is pressed: a link inside a sentence may be as high as its line; all else is 24 px, controls 48 px.
  const inSentence = (link) => {
    const block = link.closest("p, li, dd, td, caption, figcaption");
    return block && block.textContent.trim().length > link.textContent.trim().length + 1 && getComputedStyle(link).display === "inline";
  };
  const small = () => all("a[href], button, input:not([type=hidden]), select, textarea, summary").flatMap((element) => {
    const target = element.closest("label.tick") || element;
    const box = target.getBoundingClientRect();
    const control = target.matches(".button, button, input, select, textarea, summary, label, nav a, .index h2 a, .letters a");
    const least = control ? 48 : 24;
    if (element.localName === "a" && inSentence(element)) return [];
    return box.height < least - 0.5 || box.width < 24 ? [`${named(element)} is ${box.width | 0} × ${box.height | 0}`] : [];
  });

  // The contrast of the least legible letters in each step of the map.
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = (colour) => {
    const [red, green, blue] = channels(colour).map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((first, second) => first - second);
    return (high + 0.05) / (low + 0.05);
  };
  const tileContrast = () => {
    const found = {};
    for (const tile of document.querySelectorAll("svg.tiles g")) {
      const fill = getComputedStyle(tile.querySelector("rect")).fill;
      const ground = fill === "none" ? getComputedStyle(document.body).backgroundColor : fill;
      for (const text of tile.querySelectorAll("text")) {
        const ratio = contrast(getComputedStyle(text).fill, ground);
        const step = tile.getAttribute("class");
        found[step] = Math.min(found[step] || 99, ratio);
      }
    }
    return found;
  };

  const levels = () => all("main :is(h1, h2, h3, h4)").map((heading) => Number(heading.localName[1]));

  // The colours that text is printed in; the map's letters are measured against their tiles.
  const inks = () => lines().filter((line) => line.text).map((line) => getComputedStyle(line.parent).color);

  // How well a border, a ring or a mark stands out from the page; 0 where there is none.
  const page = () => getComputedStyle(document.body).backgroundColor;
  const edge = (style) => (parseFloat(style.borderInlineStartWidth) >= 1 && style.borderInlineStartStyle !== "none" ? contrast(style.borderInlineStartColor, page()) : 0);
  const edges = (which) => Object.fromEntries(all(which).map((element) => [named(element), edge(getComputedStyle(element))]));
  const mark = (element) => {
    const style = getComputedStyle(element, "::before");
    return Math.max(edge(style), parseFloat(style.height) ? contrast(style.backgroundColor, page()) : 0);
  };
  const focus = () => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const ring = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
    const box = element.getBoundingClientRect();
    const on = (x, y) => element.contains(document.elementFromPoint(x, y)) || element.closest("label") === document.elementFromPoint(x, y);
    const middle = (box.top + box.bottom) / 2;
    return {
      element: named(element), id: element.id, tag: element.localName, ring, contrast: ring ? contrast(style.outlineColor, page()) : 0,
      // Of what takes half of the window or more, a browser brings the caret into sight, and not all of it.
      inside: box.height < innerHeight / 2 ? box.top >= 0 && box.bottom <= innerHeight : box.top < innerHeight - 48 && box.bottom > 48, uncovered: on(box.left + 3, middle) || on((box.left + box.right) / 2, middle),
      top: box.top + scrollY, left: box.left,
    };
  };
  const moving = () => {
    const lasting = all("body *").flatMap((element) => {
      const style = getComputedStyle(element);
      return [...style.transitionDuration.split(","), ...(style.animationName === "none" ? [] : ["9s"])].map(parseFloat);
    });
    return lasting.filter((seconds) => seconds > 0);
  };

  // Everything that the Tab key should reach: one radio button of each group, and nothing hidden.
  const stops = () => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")].filter((element) => {
    if (element.tabIndex < 0 || !element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) return false;
    if (element.type !== "radio" || element.checked) return true;
    const group = [...document.getElementsByName(element.name)];
    return !group.some((each) => each.checked) && group[0] === element;
  }).map(named);

  window.measured = { stops, edges, mark, focus, moving, inks, levels, contrast, tileContrast, sideways, clipped, overlapping, tiles, small, named };
})();
