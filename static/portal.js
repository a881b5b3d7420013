/* Adds to pages that are complete without it: filter as you type, search everywhere, copying, theme, renewal. */
"use strict";
(() => {
  const html = document.documentElement;
  const root = html.dataset.root;
  const isStatic = "static" in html.dataset;
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, text, attributes = {}) => {
    const made = document.createElement(tag);
    made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };

  /* Topics: the same rules as asyncapi/topics.py and portal/query.py. */
  const isFilter = (word) => word.split("/").some((level) => level === "+" || level === "#");
  const hole = /\{[^{}/]+\}/;
  const levelFits = (a, b) => {
    if (hole.test(a) && hole.test(b)) {
      const ends = (level) => [level.split(hole)[0], level.split(hole).at(-1)];
      const [head, tail] = ends(a), [otherHead, otherTail] = ends(b);
      return (head.startsWith(otherHead) || otherHead.startsWith(head)) && (tail.endsWith(otherTail) || otherTail.endsWith(tail));
    }
    if (hole.test(b)) [a, b] = [b, a];
    if (!hole.test(a)) return a === b;
    const escaped = a.split(/\{[^{}/]+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${escaped.join("[^/]+")}$`, "s").test(b);
  };
  const overlaps = (left, right) => {
    const one = left.split("/"), two = right.split("/");
    const wild = (level) => level === "+" || level === "#";
    if ((wild(one[0]) && two[0].startsWith("$")) || (wild(two[0]) && one[0].startsWith("$"))) return false;
    for (let at = 0; at <= Math.max(one.length, two.length); at++) {
      const a = one[at], b = two[at];
      if (a === "#" || b === "#") return true;
      if (a === undefined || b === undefined) return a === b;
      if (a !== "+" && b !== "+" && !levelFits(a, b)) return false;
    }
    return true;
  };
  const finds = (query, address, text) =>
    query.slice(0, 300).split(/\s+/).filter(Boolean).every((word) =>
      isFilter(word) ? overlaps(word, address) : fold(text).includes(fold(word)) || (word.includes("/") && overlaps(address, word)));

  /* Search: the same ranking as portal/search.py. */
  const KINDS = ["topic", "message", "service", "flow", "field", "value"];
  const fold = (text) => {
    const lower = text.toLowerCase();
    return /^[\0-\x7f]*$/.test(lower) ? lower : lower.normalize("NFD").replace(/[\u0300-\u036f]+/g, "");
  };
  const parts = (name) =>
    fold(name.replace(/([a-z0-9])(?=[A-Z])/g, "$1 ").replace(/([A-Z])(?=[A-Z][a-z])/g, "$1 ")).match(/[\p{L}\p{Nl}\p{No}]+|\p{Nd}+/gu) || [];
  const trigrams = (word) => {
    const padded = [..."  " + word + " "], found = new Set();
    for (let at = 0; at < padded.length - 2; at++) found.add(padded.slice(at, at + 3).join(""));
    return found;
  };
  const meant = (word, kind, name) =>
    kind ? 0 : isFilter(word) ? 60 * overlaps(word, name) : 80 * (word.includes("/") && overlaps(name, word));
  const wordScore = (word, kind, name, split, text) => {
    const half = kind > 3 ? 2 : 1, topic = name === word ? 0 : meant(word, kind, name);
    if (topic) return topic;
    const score = name === word ? 100 : name.startsWith(word) ? 60 : split.includes(word) ? 50 : split.some((part) => part.startsWith(word)) ? 40 : name.includes(word) ? 25 : 0;
    return score ? Math.floor(score / half) : text.includes(word) ? ((" " + text).includes(" " + word) ? 8 : 4) : 0;
  };
  const score = ([kind, name, , text], words) => {
    const low = fold(name), said = fold(text);
    if (!words.every((word) => low.includes(word) || said.includes(word) || meant(word, kind, low))) return 0;
    const split = parts(name);
    return words.reduce((sum, word) => sum + wordScore(word, kind, low, split, said), 0);
  };
  const runsOf = (word) => [[...word], trigrams(word)];
  const isSwapped = (word, part) => {
    if (word.length !== part.length || word.length < 4) return false;
    const at = word.findIndex((letter, i) => letter !== part[i]);
    return at >= 0 && word[at] === part[at + 1] && word[at + 1] === part[at] && word.every((letter, i) => letter === part[i] || i === at || i === at + 1);
  };
  const alike = ([word, runs], [part, others]) =>
    isSwapped(word, part) ? 70 : Math.floor((200 * [...runs].filter((run) => others.has(run)).length) / (runs.size + others.size));
  const likeness = (name, wanted) => {
    const having = [...parts(name), fold(name)].map(runsOf);
    return wanted.map((word) => {
      const best = Math.max(...having.map((part) => alike(word, part)));
      return best < 35 ? 0 : Math.floor(best / 5);
    });
  };
  const nearest = (entries, words) => {
    const wanted = words.map(runsOf), known = new Map();
    let most = 1;
    const counted = entries.map((entry) => {
      const [kind, name, , text] = entry;
      if (!known.has(name)) known.set(name, likeness(name, wanted));
      const low = fold(name), split = parts(name), said = fold(text);
      const points = words.map((word, at) => wordScore(word, kind, low, split, said) || known.get(name)[at]);
      const count = points.filter(Boolean).length;
      most = Math.max(most, count);
      return [count, points.reduce((sum, one) => sum + one, 0)];
    });
    return (entry, number) => (counted[number][0] === most ? counted[number][1] : 0);
  };
  /* The best first; `all` is how many there are, `near` that none has all the words. */
  const search = (entries, query, limit = 60) => {
    const words = fold(query.slice(0, 300)).split(/\s+/).filter(Boolean);
    const rank = (by) => entries.map((entry, number) => [by(entry, number), number, entry]).filter(([points]) => points);
    let found = words.length ? rank((entry) => score(entry, words)) : [];
    const near = words.length > 0 && !found.length;
    if (near) found = rank(nearest(entries, words));
    found.sort((a, b) => b[0] - a[0] || a[2][0] - b[2][0] || [...a[2][1]].length - [...b[2][1]].length || a[1] - b[1]);
    return Object.assign(found.slice(0, limit).map(([, , entry]) => entry), { all: found.length, near: near && found.length > 0 });
  };
  const NOTHING = "Nothing is called or described like this. Try fewer or shorter words, or a topic filter such as system/#.";
  const told = (found) =>
    found.near ? `Nothing has all of this; the nearest ${found.length}` : found.length < found.all ? `The best ${found.length} of ${found.all}` : `${found.all} found`;
  let loading;
  const index = () => loading ||= new Promise((resolve, reject) => {
    const script = make("script", "", { src: `${root}search-index.js` });
    script.onload = () => resolve(window.portalIndex);
    script.onerror = reject;
    document.head.append(script);
  });
  const link = (path) => {
    const [page, fragment] = path.split("#");
    const whole = root + page.split("/").map(encodeURIComponent).join("/");
    return (isStatic && whole.endsWith("/") ? whole + "index.html" : whole) + (fragment ? "#" + encodeURIComponent(fragment) : "");
  };
  const hit = ([kind, name, path, text], attributes = {}) => {
    const item = make("li", "", attributes.role ? { role: "presentation" } : {}), anchor = make("a", "", { href: link(path), ...attributes });
    anchor.append(make(kind === 0 || kind > 3 ? "code" : "b", name, { dir: "auto" }), make("small", `${KINDS[kind]}${text ? " · " + text : ""}`));
    item.append(anchor);
    return item;
  };

  /* The filter box of the registry. */
  const box = $("#q"), table = $("#topics");
  const NAMES = ["system", "domain", "service", "class", "qos", "retained", "state", "findings", "changed"];
  const valuesOf = (row) => row.dataset.v.split("|").map((values) => values.split(",").map(decodeURIComponent));
  const textOf = (row) => {
    const values = valuesOf(row), named = (value) => value !== "none" && value !== "active";
    const links = [0, 1, 6, 7].flatMap((cell) => $$("a, span.addr", row.cells[cell])).map((item) => item.textContent);
    return [...links, ...[...values[2], ...values[3], ...values[6]].filter(named)].join(" ").toLowerCase();
  };
  /* The names in the rows that come nearest, by the rules of portal/search.py. */
  const near = (query) => {
    const entries = new Map();
    for (const row of table.tBodies[0].rows) {
      for (const [kind, cell] of [[0, 0], [1, 1], [2, 5]]) {
        for (const item of $$("a, span", row.cells[cell])) entries.set(`${kind} ${item.textContent}`, [kind, item.textContent, "", ""]);
      }
    }
    return [...new Set(search([...entries.values()], query, 5).map(([, name]) => name))];
  };
  const suggest = (query) => {
    const found = near(query), links = found.map((name) => make("a", name, { href: `${box.form.getAttribute("action")}?q=${encodeURIComponent(name)}` }));
    $("#near").hidden = !found.length;
    $("#near").replaceChildren("Nearest: ", ...links.flatMap((item, at) => [at ? ", " : "", item]), ". ");
  };
  const narrow = (query, asked) => {
    let shown = 0;
    const rows = [...table.tBodies[0].rows];
    for (const row of rows) {
      row.text ||= textOf(row);
      const values = Object.keys(asked).length ? valuesOf(row) : [];
      const fits = finds(query, row.cells[0].textContent, row.text) && Object.entries(asked).every(([name, value]) => values[NAMES.indexOf(name)].includes(value));
      row.hidden = !fits;
      shown += fits;
    }
    $("#none").hidden = shown > 0;
    if (!shown) suggest(query);
    $("#none > a").href = `${link("search/")}?q=${encodeURIComponent(query)}`;
    $("#shown").textContent = shown === rows.length ? "" : `${shown} of ${rows.length}`;
  };
  if (box && table) {
    const asked = {};
    if (isStatic) {
      const query = new URLSearchParams(location.search);
      for (const name of NAMES) if (query.get(name)) asked[name] = query.get(name);
      box.value = query.get("q") || "";
      if (query.size) narrow(box.value, asked);
      for (const choice of $$("a[data-f]")) {
        const { f, x } = choice.dataset, next = new URLSearchParams(query);
        if (asked[f] === x) choice.setAttribute("aria-current", "true");
        asked[f] === x ? next.delete(f) : next.set(f, x);
        choice.href = `?${next}`;
      }
    }
    let waiting;
    const renew = async () => {
      const query = new URLSearchParams([...new FormData(box.form)].filter(([, value]) => value));
      const sort = new URLSearchParams(location.search).get("sort");
      if (sort) query.set("sort", sort);
      const address = query.size ? `?${query}` : location.pathname;
      const answer = await fetch(address);
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of ["#topics", ".facets > nav", "#shown", "#none"]) {
        const old = $(part), other = $(part, fresh);
        if (old && other) old.replaceChildren(...other.childNodes);
        if (old && other) old.hidden = other.hidden;
      }
      history.replaceState(null, "", address);
    };
    box.addEventListener("input", () => {
      if (isStatic || !new URLSearchParams(location.search).get("q")) narrow(box.value, asked);
      clearTimeout(waiting);
      if (!isStatic) waiting = setTimeout(renew, 220);
    });
    if (isStatic) box.form.addEventListener("submit", (event) => event.preventDefault());
  }

  /* Search everywhere: a dialog on Ctrl-K or "/", results on the page of results of a static site. */
  const field = $(".find input");
  const open = (query = "") => {
    let dialog = $("dialog.search");
    if (!dialog) {
      dialog = make("dialog", "", { class: "search", "aria-label": "Search" });
      const input = make("input", "", { type: "search", role: "combobox", "aria-expanded": "true", "aria-controls": "hits", "aria-label": "Search topics, messages, fields, services", placeholder: "Search topics, messages, fields, services", maxlength: "300", autocomplete: "off", spellcheck: "false" });
      const list = make("ol", "", { id: "hits", role: "listbox", "aria-label": "Results" });
      const help = make("p", "Arrow keys choose, Enter opens, Escape closes.", { class: "dim", role: "status" });
      dialog.append(input, list, help);
      document.body.append(dialog);
      const close = () => { dialog.close(); input.blur(); };
      const choose = (step) => {
        const items = $$("a", list), at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
        const next = items[(at + step + items.length) % items.length];
        items.forEach((item) => item.setAttribute("aria-selected", String(item === next)));
        if (next) { input.setAttribute("aria-activedescendant", next.id); next.scrollIntoView({ block: "nearest" }); }
      };
      const show = async () => {
        const entries = await index();
        const found = search(entries, input.value, 30);
        list.replaceChildren(...found.map((entry, at) => hit(entry, { role: "option", id: `hit-${at}`, "aria-selected": "false", tabindex: "-1" })));
        help.textContent = found.length ? `${told(found)}: arrow keys choose, Enter opens, Escape closes.` : input.value.trim() ? NOTHING : "A part of a name, a word of a description, a topic that was seen, or a filter such as system/#.";
        input.setAttribute("aria-expanded", String(found.length > 0));
        if (found.length) choose(1);
        else input.removeAttribute("aria-activedescendant");
      };
      input.addEventListener("input", show);
      input.addEventListener("keydown", (event) => {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          choose(event.key === "ArrowDown" ? 1 : -1);
        } else if (event.key === "Enter") {
          event.preventDefault();
          $('[aria-selected="true"]', list)?.click();
        } else if (event.key === "Escape") {
          event.preventDefault();
          close();
        }
      });
      list.addEventListener("click", close);
      dialog.addEventListener("click", (event) => { if (event.target === dialog) close(); });
    }
    const input = $("input", dialog);
    input.value = query;
    dialog.showModal();
    input.dispatchEvent(new Event("input"));
  };
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if ((event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey)) {
      event.preventDefault();
      if (!$("dialog[open]")) open();
    }
  });
  if (field && matchMedia("(hover: hover)").matches) field.placeholder = "Search   Ctrl K";
  const results = $("#results");
  if (results && isStatic) {
    const query = new URLSearchParams(location.search).get("q") || "";
    for (const input of $$('input[name="q"]')) input.value = query;
    index().then((entries) => {
      const found = search(entries, query);
      results.replaceChildren(...found.map((entry) => hit(entry)));
      $("#found").textContent = query ? told(found) : "";
    });
  }

  /* A file dropped on the payload check is read into its box. */
  const paste = $(".paste"), LARGEST = 256 * 1024;
  if (paste) {
    const dropped = $("#dropped");
    dropped.textContent = "or drop a file; Ctrl Enter checks";
    const over = (event, on) => { event.preventDefault(); paste.classList.toggle("over", on); };
    paste.addEventListener("dragover", (event) => over(event, true));
    paste.addEventListener("dragleave", (event) => over(event, false));
    paste.addEventListener("drop", async (event) => {
      over(event, false);
      const file = event.dataTransfer.files[0];
      if (!file) return;
      const told = (text) => { dropped.textContent = text; };
      if (file.size > LARGEST) return told(`${file.name} is larger than the 256 KB that are checked here`);
      try {
        /* Strict, with its byte order mark: what is checked is what the file holds. */
        $("#payload").value = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
        told(file.name);
      } catch {
        told(`${file.name} is not UTF-8 text; JSON travels as UTF-8`);
      }
    });
    $("#payload").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) paste.requestSubmit();
    });
  }

  /* Copying, theme, renewal. */
  for (const block of $$("pre.code")) {
    const button = make("button", "Copy", { type: "button", class: "copy" });
    const frame = make("div", "", { class: "codebox" });
    block.before(frame);
    frame.append(block, button);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText($("code", block).textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren($("code", block));
        button.textContent = "Press Ctrl C";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  }
  for (const name of $$(".row > .n")) {
    name.addEventListener("click", () => navigator.clipboard?.writeText(name.title || name.textContent).catch(() => {}));
  }
  const reveal = () => {
    let at = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const target = at;
    for (; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target?.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (html.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
  const button = make("button", "", { type: "button", class: "theme" });
  const label = () => { button.textContent = isDark() ? "Light" : "Dark"; };
  label();
  dark.addEventListener("change", label);
  button.addEventListener("click", () => {
    html.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("portal-theme", html.dataset.theme); } catch { /* not kept */ }
    label();
  });
  $(".top")?.append(button);
  if (html.dataset.version) {
    setInterval(async () => {
      try {
        const { version } = await (await fetch(`${html.dataset.top}version`)).json();
        if (version !== html.dataset.version) location.reload();
      } catch { /* the server is away for a moment */ }
    }, 1000);
  }
  window.portal = { finds, search, near };
})();
