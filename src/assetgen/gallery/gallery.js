"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const form = byId("filters");
  const selects = [...form.querySelectorAll("select")];
  const search = form.elements.namedItem("q");
  const cards = [...document.querySelectorAll(".card")];
  const viewer = byId("viewer");
  const picture = byId("viewer-picture");
  let shown = cards;
  let current = null;

  // The URL fragment contains the chosen filters, so that people can share a view as a link.
  function readFragment() {
    const chosen = new URLSearchParams(location.hash.slice(1));
    for (const select of selects) {
      const wanted = chosen.get(select.name) ?? "";
      select.value = [...select.options].some((option) => option.value === wanted) ? wanted : "";
    }
    search.value = chosen.get("q") ?? "";
    return chosen.get("show");
  }

  function writeFragment() {
    const chosen = new URLSearchParams();
    for (const control of [...selects, search]) {
      if (control.value) chosen.set(control.name, control.value);
    }
    if (current) chosen.set("show", current.dataset.id);
    history.replaceState(null, "", "#" + chosen);
  }

  const fits = (card, select) => !select.value || card.dataset[select.name] === select.value;

  function countOptions(found) {
    for (const select of selects) {
      const others = selects.filter((other) => other !== select);
      const counts = new Map();
      for (const card of found) {
        if (!others.every((other) => fits(card, other))) continue;
        const value = card.dataset[select.name];
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      for (const option of select.options) {
        if (option.value) option.textContent = `${option.dataset.label} (${counts.get(option.value) ?? 0})`;
      }
    }
  }

  function filter() {
    const words = search.value.trim().toLowerCase().split(/\s+/);
    const found = cards.filter((card) => words.every((word) => card.dataset.id.toLowerCase().includes(word)));
    const kept = new Set(found.filter((card) => selects.every((select) => fits(card, select))));
    for (const card of cards) card.hidden = !kept.has(card);
    shown = cards.filter((card) => kept.has(card));
    countOptions(found);
    for (const part of document.querySelectorAll(".channel")) {
      part.hidden = !part.querySelector(".card:not([hidden])");
    }
    for (const part of document.querySelectorAll(".medium")) {
      const count = part.querySelectorAll(".card:not([hidden])").length;
      part.hidden = count === 0;
      part.querySelector("[data-count]").textContent = count;
    }
    const all = `${cards.length} asset${cards.length === 1 ? "" : "s"}`;
    byId("count").textContent = shown.length === cards.length ? all : `${shown.length} of ${all}`;
    byId("nothing").hidden = shown.length > 0;
  }

  const opener = (card) => card.querySelector("a.sheet");
  const openable = () => shown.filter(opener);

  function fact(name, value, href) {
    if (!value) return;
    const term = document.createElement("dt");
    const detail = document.createElement("dd");
    term.textContent = name;
    const holder = href ? detail.appendChild(document.createElement("a")) : detail;
    if (href) holder.href = href;
    holder.textContent = value;
    byId("viewer-facts").append(term, detail);
  }

  // Only web addresses become links, since the content of a manifest is not trusted.
  const web = (address) => (/^https?:\/\//i.test(address) ? address : null);

  function describe(card, link) {
    const facts = link.dataset;
    byId("viewer-id").textContent = card.dataset.id;
    byId("viewer-facts").replaceChildren();
    fact("Channel", facts.channel);
    fact("Size", facts.size);
    fact("File", `${facts.format}, ${facts.weight}`, link.href);
    fact("Alt text", facts.alt);
    fact("Code opens", facts.link, web(facts.link));
    fact("Click goes to", facts.click, web(facts.click));
    fact("sha256", facts.sha);
    for (const remark of card.querySelectorAll(".remarks li")) fact("Finding", remark.textContent);
  }

  function zoom() {
    const way = viewer.querySelector("[name=zoom]:checked").value;
    const asset = current && opener(current);
    const width = Number(asset?.dataset.width) || picture.naturalWidth;
    const isPicture = asset?.dataset.view === "picture";
    picture.classList.toggle("fit", way === "fit" || !isPicture);
    picture.style.width = way === "fit" || !isPicture || !width
      ? "" : `${way === "device" ? width / devicePixelRatio : width}px`;
  }

  function show(card) {
    const link = opener(card);
    const thumb = link.querySelector("img");
    const isPicture = link.dataset.view === "picture";
    current = card;
    describe(card, link);
    const list = openable();
    byId("viewer-place").textContent = `${list.indexOf(card) + 1} of ${list.length}`;
    byId("viewer-zoom").hidden = !isPicture;
    byId("viewer-file").hidden = isPicture;
    byId("viewer-file").href = link.href;
    picture.hidden = !isPicture && !thumb;
    picture.alt = link.dataset.alt;
    if (!picture.hidden) picture.src = isPicture ? link.href : thumb.src;
    zoom();
    byId("viewer-stage").scrollTo(0, 0);
    if (!viewer.open) viewer.showModal();
    byId("viewer-stage").focus();
    writeFragment();
  }

  function step(by) {
    const list = openable();
    const at = list.indexOf(current);
    if (at >= 0) show(list[(at + by + list.length) % list.length]);
  }

  byId("viewer-stage").parentElement.addEventListener("keydown", (event) => {
    if (event.target.matches("input") || event.altKey || event.ctrlKey || event.metaKey) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    step(by);
  });
  viewer.addEventListener("close", () => {
    const card = current;
    current = null;
    picture.removeAttribute("src");
    writeFragment();
    if (card) opener(card).focus();
  });
  byId("viewer-previous").addEventListener("click", () => step(-1));
  byId("viewer-next").addEventListener("click", () => step(1));
  byId("viewer-close").addEventListener("click", () => viewer.close());
  byId("viewer-zoom").addEventListener("change", zoom);
  picture.addEventListener("load", zoom);

  document.querySelector("main").addEventListener("click", (event) => {
    const link = event.target.closest("a.sheet");
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || link.dataset.view !== "picture") return;
    event.preventDefault();
    show(link.closest(".card"));
  });
  document.querySelector("nav").addEventListener("click", (event) => {
    const jump = event.target.closest("[data-jump]");
    if (!jump) return;
    event.preventDefault();
    const section = byId(jump.dataset.jump);
    if (section) section.scrollIntoView();
  });

  const changed = () => { filter(); writeFragment(); };
  form.addEventListener("input", changed);
  form.addEventListener("reset", () => setTimeout(changed));
  form.addEventListener("submit", (event) => event.preventDefault());
  function restore() {
    const wanted = readFragment();
    filter();
    const card = wanted && openable().find((each) => each.dataset.id === wanted);
    if (card) show(card);
    else if (viewer.open) viewer.close();
  }
  window.addEventListener("hashchange", restore);
  form.hidden = false;
  restore();
})();
