'use strict';
// Filters, and nothing else: without this script the whole report is there to read.
(() => {
  const form = document.getElementById('filters');
  const entries = [...document.querySelectorAll('.entry')].map((entry) => ({
    entry,
    text: entry.textContent.replace(/\s+/g, ' ').toLowerCase(),
    rows: [...entry.querySelectorAll('tbody tr')].map((row) => ({
      row,
      service: row.dataset.service,
      seen: [...row.querySelectorAll('.seen')].map((seen) => ({
        standing: seen.dataset.standing,
        ring: seen.closest('td').dataset.ring,
      })),
    })),
  }));
  const groups = [...document.querySelectorAll('.group')];
  const shown = document.getElementById('shown');
  const none = document.getElementById('none');
  const value = (id) => document.getElementById(id).value;
  if (!entries.length) {
    return;
  }

  const apply = () => {
    const words = value('f-text').trim().toLowerCase().split(/\s+/).filter(Boolean);
    const severity = value('f-severity');
    const ring = value('f-ring');
    const service = value('f-service');
    const family = value('f-family');
    const standings = new Set([...form.querySelectorAll('[name=standing]:checked')].map((box) => box.value));
    let count = 0;
    for (const { entry, text, rows } of entries) {
      let fits = false;
      for (const row of rows) {
        const wanted = (!service || row.service === service)
          && row.seen.some((seen) => standings.has(seen.standing) && (!ring || seen.ring === ring));
        row.row.hidden = !wanted;
        fits = fits || wanted;
      }
      fits = fits && (!severity || entry.dataset.severity === severity)
        && (!family || entry.dataset.family === family)
        && words.every((word) => text.includes(word));
      entry.hidden = !fits;
      count += fits ? 1 : 0;
    }
    for (const group of groups) {
      group.hidden = !group.querySelector('.entry:not([hidden])');
      // Its number is that of all its rules.
      group.querySelector('.count').hidden = count < entries.length;
    }
    none.hidden = count > 0;
    shown.textContent = `${count} of ${entries.length} rules shown`;
  };

  const openAll = (open) => entries.forEach(({ entry }) => {
    if (!entry.hidden || !open) {
      entry.open = open;
    }
  });

  // A link to a rule opens it, also where a filter hides it.
  const follow = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.matches('.entry')) {
      if (target.hidden) {
        form.reset();
        apply();
      }
      target.open = true;
      target.scrollIntoView();
    }
  };

  form.addEventListener('input', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
  // The fields have their first values only after this event.
  form.addEventListener('reset', () => setTimeout(apply));
  document.getElementById('f-open').addEventListener('click', () => openAll(true));
  document.getElementById('f-close').addEventListener('click', () => openAll(false));
  addEventListener('hashchange', follow);

  // Paper has everything, and the screen is afterwards as it was.
  let before = [];
  matchMedia('print').addEventListener('change', (print) => {
    if (print.matches) {
      before = entries.map(({ entry }) => entry.open);
      entries.forEach(({ entry }) => { entry.open = true; });
    } else {
      entries.forEach(({ entry }, i) => { entry.open = before[i]; });
    }
  });

  form.hidden = false;
  apply();
  follow();
})();
