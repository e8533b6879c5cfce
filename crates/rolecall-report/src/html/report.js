
"use strict";
(() => {
  const form = document.getElementById("filter");
  const opens = (name) => {
    const found = name && document.getElementById(name);
    if (found instanceof HTMLDetailsElement) { found.open = true; found.scrollIntoView(); }
  };
  const follow = () => opens(decodeURIComponent(location.hash.slice(1)));
  addEventListener("hashchange", follow);
  follow();
  // Older browsers print only what is open.
  let opened = [];
  addEventListener("beforeprint", () => {
    if (CSS.supports("selector(::details-content)")) return;
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => { opened.forEach((one) => { one.open = false; }); opened = []; });
  if (!form) return;

  const search = document.getElementById("search");
  const tier = document.getElementById("tier");
  const shown = document.getElementById("shown");
  const boxes = [...form.querySelectorAll("input[name=severity]")];
  const rules = [...document.querySelectorAll("section.rule")].map((section) => {
    const heading = section.querySelector("h3").textContent + " " + section.querySelector(".about").textContent;
    const findings = [...section.querySelectorAll("details.finding")];
    return { section, heading, findings };
  });
  const total = rules.reduce((sum, rule) => sum + rule.findings.length, 0);
  // What there is to search is gathered once, when somebody searches.
  const texts = new Map();
  const textOf = (rule, finding) => {
    let text = texts.get(finding);
    if (text === undefined) {
      text = (rule.heading + " " + finding.textContent).toLowerCase();
      texts.set(finding, text);
    }
    return text;
  };
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const wanted = tier.value;
    let number = 0;
    for (const rule of rules) {
      let any = 0;
      for (const finding of rule.findings) {
        const tiers = finding.dataset.tiers;
        const is = severities.has(finding.dataset.severity)
          && (wanted === "" || (wanted === "-" ? tiers === "" : tiers.split("\n").includes(wanted)))
          && words.every((word) => textOf(rule, finding).includes(word));
        if (finding.hidden === is) finding.hidden = !is;
        any += is ? 1 : 0;
      }
      rule.section.hidden = any === 0;
      number += any;
    }
    shown.textContent = number === total ? `${total} findings` : `${number} of ${total} findings`;
  };
  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); };
  const each = (open) => rules.forEach((rule) => rule.findings.forEach((one) => { if (!one.hidden) one.open = open; }));
  form.addEventListener("submit", (event) => { event.preventDefault(); apply(); });
  search.addEventListener("input", soon);
  tier.addEventListener("change", apply);
  boxes.forEach((box) => box.addEventListener("change", apply));
  document.getElementById("open").addEventListener("click", () => each(true));
  document.getElementById("close").addEventListener("click", () => each(false));
  form.hidden = false;
  apply();
})();
