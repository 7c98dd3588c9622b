"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const main = document.querySelector("main");
  const form = main.querySelector("form");

  /* Names in one attribute are told apart by line ends, which none of them has. */
  const listed = (text) => (text || "").split("\n").filter(Boolean);

  /* Everything that can be filtered, read once when it is first needed. */
  let index = null;
  const read = () => {
    if (index) return index;
    const titles = new Map();
    const told = (key, make) => {
      if (!titles.has(key)) titles.set(key, make());
      return titles.get(key);
    };
    index = all(".places > li:not(.more)", main).filter((place) => place.closest(".rule")).map((place) => {
      const incident = place.closest(".incidents > li");
      const section = incident.parentElement.parentElement;
      const title = told(section, () => section.querySelector("h3").textContent.toLowerCase());
      const about = told(incident, () => [...incident.children]
        .filter((child) => child.tagName === "P")
        .map((child) => child.textContent.toLowerCase()).join(" "));
      const text = place.textContent.toLowerCase();
      const own = place.dataset;
      return {
        section, incident, place, title, about, text,
        path: place.firstElementChild.textContent.toLowerCase(),
        severity: own.severity || section.dataset.severity,
        rule: own.rule || section.dataset.rule,
        tenants: listed(incident.dataset.tenant),
        status: own.status || "open",
        fresh: "new" in own,
      };
    });
    return index;
  };

  const values = () => Object.fromEntries(
    all("input, select", form).map((field) => [field.name, field.value.trim()]));

  const glob = (pattern) => {
    const parts = pattern.toLowerCase().split("*");
    return (path) => {
      let at = 0;
      return parts.every((part) => {
        const found = path.indexOf(part, at);
        at = found + part.length;
        return found >= 0;
      });
    };
  };

  const apply = () => {
    const wanted = values();
    const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
    const inPath = glob(wanted.path);
    const filtering = Object.values(wanted).some(Boolean);
    const keep = new Set();
    let count = 0;
    for (const one of read()) {
      const fits =
        (!wanted.severity || one.severity === wanted.severity) &&
        (!wanted.rule || one.rule === wanted.rule) &&
        (!wanted.tenant || one.tenants.includes(wanted.tenant)) &&
        (!wanted.status || (wanted.status === "new" ? one.fresh : one.status === wanted.status)) &&
        inPath(one.path) && words.every((word) =>
          one.text.includes(word) || one.about.includes(word) || one.title.includes(word));
      one.place.hidden = !fits;
      if (!fits) continue;
      count += 1;
      keep.add(one.incident).add(one.section);
      const folded = filtering && one.place.closest("details");
      if (folded) folded.open = true;
    }
    for (const one of read()) {
      one.incident.hidden = !keep.has(one.incident);
      one.section.hidden = !keep.has(one.section);
    }
    const total = read().length.toLocaleString("en");
    form.elements.shown.value = !filtering ? "" :
      count ? `${count.toLocaleString("en")} of ${total} findings` : `None of ${total} findings`;
  };

  const options = (name, first, values) => {
    const select = form.elements[name];
    select.append(new Option(first, ""), ...values.map((value) => new Option(value, value)));
    select.closest("label").hidden = values.length < 2;
  };

  const unique = (attribute) =>
    [...new Set(all(`[data-${attribute}]`).flatMap((one) => listed(one.dataset[attribute])))];

  if (form) {
    const severities = ["critical", "high", "medium", "low", "info"];
    const there = new Set(unique("severity"));
    const status = ["open", ...unique("status")];
    if (document.querySelector("[data-new]")) status.push("new");
    options("severity", "any", severities.filter((one) => there.has(one)));
    options("rule", "any", unique("rule").sort());
    options("tenant", "any", unique("tenant").sort());
    options("status", "any", status);
    let timer = 0;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(apply, 120);
    });
    form.addEventListener("reset", () => setTimeout(apply));
    form.addEventListener("submit", (event) => { event.preventDefault(); apply(); });
    form.hidden = false;
    (self.requestIdleCallback || setTimeout)(read);
  }

  /* A link leads to what it names, also where that is folded away or filtered out. */
  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    if (form && target.closest("[hidden]")) {
      form.reset();
      for (const one of read()) one.place.hidden = one.incident.hidden = one.section.hidden = false;
      form.elements.shown.value = "";
    }
    for (let at = target.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  /* Paper has no folds: what controls bear on is printed whole. */
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = all("details.groups:not([open]), .not-judged details:not([open])");
    for (const one of unfolded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of unfolded) one.open = false;
  });

  const copied = async (text, code) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      getSelection().selectAllChildren(code);
      return document.execCommand("copy");
    }
  };
  for (const command of all("pre.command")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    const code = command.querySelector("code");
    button.setAttribute("aria-label", `Copy: ${code.textContent.slice(0, 60)}`);
    button.addEventListener("click", async () => {
      const done = await copied(code.textContent, code);
      button.textContent = done ? "Copied" : "Press Ctrl+C";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    command.append(button);
  }
})();
