// Looks at the page of sentinel:verify as people and assistive technology do, and at its SARIF as Microsoft's validator
// does. Ends with 1 on any fault.
//
//   node check.mjs FOLDER SCREENSHOTS
//
// Once before: npm ci --ignore-scripts, and Debian's package chromium (CHROMIUM names another one). FOLDER has a
// report.html and a report.sarif with broken and unknown findings, waivers and drift, such as the unit tests leave in
// target/sample-report. Pictures of the page go to SCREENSHOTS.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const [folder, pictures] = process.argv.slice(2);
if (!folder || !pictures) {
  console.error('Usage: node check.mjs FOLDER SCREENSHOTS');
  process.exit(64);
}
mkdirSync(pictures, { recursive: true });
const page = pathToFileURL(resolve(folder, 'report.html')).href;
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let checks = 0;
const faults = [];
function check(holds, what) {
  checks += 1;
  if (!holds) {
    faults.push(what);
    console.error(`FAULT ${what}`);
  }
}

/** No violation of any of axe's rules; what it cannot decide is told, not counted. */
async function accessible(tab, state) {
  // The page's policy lets no other script in: this one comes by the debugger, which the policy does not concern.
  await tab.evaluate(axe);
  const result = await tab.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations', 'incomplete'] }));
  const shown = result.violations.map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join('; ')}`);
  check(shown.length === 0, `${state}: axe: ${shown.join(' | ')}`);
  check(result.passes.length > 20, `${state}: axe looked at hardly anything (${result.passes.length} rules passed)`);
  for (const open of result.incomplete) {
    console.log(`  ${state}: axe leaves ${open.id} to people, ${open.nodes.length} places`);
  }
}

const noScroll = (tab) => tab.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
const visible = (tab, selector) => tab.evaluate((css) => [...document.querySelectorAll(css)]
  .filter((one) => one.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) && one.getClientRects().length > 0).length, selector);
const count = (tab, selector) => tab.evaluate((css) => document.querySelectorAll(css).length, selector);
const focused = (tab) => tab.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.tagName);

/** Presses Tab until something has the focus, as a person without a mouse does. */
async function tabTo(tab, id) {
  for (let i = 0; i < 40; i += 1) {
    if (await focused(tab) === id) {
      return true;
    }
    await tab.keyboard.press('Tab');
  }
  return false;
}

async function opened(browser, options, use) {
  const context = await browser.newContext(options);
  const tab = await context.newPage();
  const said = [];
  const asked = [];
  tab.on('console', (message) => said.push(message.text()));
  tab.on('pageerror', (error) => said.push(String(error)));
  tab.on('dialog', (dialog) => { said.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  tab.on('request', (request) => { if (request.url() !== page) { asked.push(request.url()); } });
  await tab.goto(page);
  await use(tab);
  const state = `${options.viewport.width} ${options.colorScheme}${options.javaScriptEnabled === false ? ' without script' : ''}`;
  check(said.length === 0, `${state}: the console says ${said.join(' | ')}`);
  check(asked.length === 0, `${state}: the page asks for ${asked.join(' ')}`);
  await context.close();
}

async function looks(tab, state) {
  await tab.screenshot({ path: join(pictures, `${state.replace(' ', '-')}.png`), fullPage: true });
  await tab.screenshot({ path: join(pictures, `${state.replace(' ', '-')}-top.png`) });
  check(await visible(tab, '.entry.broken .body') > 0, `${state}: no broken rule is open`);
  check(await visible(tab, '.entry.held .body') === 0, `${state}: a rule that holds is open`);
  check(await noScroll(tab), `${state}: it scrolls sideways`);
  await accessible(tab, state);
  await tab.getByRole('button', { name: 'Open all' }).click();
  check(await visible(tab, '.entry .body') === await count(tab, '.entry'), `${state}: "Open all" leaves rules closed`);
  check(await noScroll(tab), `${state}, all open: it scrolls sideways`);
  await accessible(tab, `${state}, all open`);
  await tab.getByLabel('Ring', { exact: true }).selectOption('live');
  await tab.getByLabel('Search', { exact: true }).fill('capability');
  await accessible(tab, `${state}, filtered`);
  await tab.screenshot({ path: join(pictures, `${state.replace(' ', '-')}-filtered.png`) });
  await tab.getByLabel('Search', { exact: true }).fill('no rule has these words');
  check(await visible(tab, '#none') === 1, `${state}: nothing says that no rule fits`);
  await accessible(tab, `${state}, nothing left`);
}

async function keyboard(tab) {
  const all = await count(tab, '.entry');
  const shown = () => tab.locator('#shown').textContent();
  check(await shown() === `${all} of ${all} rules shown`, `keyboard: first count: ${await shown()}`);
  await tab.keyboard.press('Tab');
  check(await focused(tab) === 'skip', 'keyboard: the first stop is no skip link');
  check(await tab.evaluate(() => document.activeElement.getBoundingClientRect().left >= 0), 'keyboard: the skip link stays out of sight');
  await tab.keyboard.press('Enter');
  check(await focused(tab) === 'findings', 'keyboard: the skip link leads nowhere');
  check(await tabTo(tab, 'f-text'), 'keyboard: the search is not reached');
  const outline = await tab.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  check(outline !== 'none', 'keyboard: the focus is not seen');
  await tab.keyboard.type('CAP-2');
  check(await shown() === `1 of ${all} rules shown` || (await visible(tab, '.entry')) < 5, `keyboard: search: ${await shown()}`);
  check(await visible(tab, '#CAP-2') === 1, 'keyboard: search hides what was looked for');
  for (let i = 0; i < 5; i += 1) {
    await tab.keyboard.press('Backspace');
  }
  check(await visible(tab, '.entry') === all, 'keyboard: an empty search hides rules');
  for (const [id, attribute] of [['f-severity', 'severity'], ['f-family', 'family']]) {
    check(await tabTo(tab, id), `keyboard: ${id} is not reached`);
    await tab.keyboard.press('ArrowDown');
    const chosen = await tab.locator(`#${id}`).inputValue();
    const right = await count(tab, `.entry[data-${attribute}="${chosen}"]`);
    check(chosen !== '' && await visible(tab, '.entry') === right && right < all, `keyboard: ${id} ${chosen}: ${await shown()}, not ${right}`);
    await tab.keyboard.press('ArrowUp');
  }
  for (const [id, what] of [['f-ring', 'ring'], ['f-service', 'service']]) {
    await tab.locator('#f-text').focus();
    check(await tabTo(tab, id), `keyboard: ${id} is not reached`);
    await tab.keyboard.press('End');
    const chosen = await tab.locator(`#${id}`).inputValue();
    const right = await tab.evaluate(([which, value]) => [...document.querySelectorAll('.entry')].filter((entry) => [...entry.querySelectorAll('.seen')]
      .some((seen) => (which === 'ring' ? seen.closest('td').dataset.ring : seen.closest('tr').dataset.service) === value)).length, [what, chosen]);
    check(chosen !== '' && await visible(tab, '.entry') === right && right < all, `keyboard: ${id} ${chosen}: ${await shown()}, not ${right}`);
    await tab.keyboard.press('Home');
  }
  await tab.locator('#f-family').focus();
  // The four boxes of the verdicts, in their order; held is the last.
  for (let i = 0; i < 4; i += 1) {
    await tab.keyboard.press('Tab');
  }
  check(await tab.evaluate(() => document.activeElement.value) === 'held', 'keyboard: the verdicts are not reached in order');
  await tab.keyboard.press('Space');
  check(await visible(tab, '.entry.held') === 0 && await visible(tab, '.entry.broken') > 0, 'keyboard: held rules cannot be hidden');
  check(await visible(tab, '.seen[data-standing="broken"]') > 0, 'keyboard: hiding what holds hides what is broken');
  for (let i = 0; i < 3; i += 1) {
    await tab.keyboard.press('Tab');
  }
  await tab.keyboard.press('Enter');
  await tab.waitForFunction((text) => document.getElementById('shown').textContent === text, `${all} of ${all} rules shown`, { timeout: 5000 })
    .catch(() => check(false, 'keyboard: reset does not show everything again'));
  await tab.locator('.entry.held summary').first().focus();
  await tab.keyboard.press('Enter');
  check(await visible(tab, '.entry.held .body') === 1, 'keyboard: a rule cannot be opened');
}

async function print(tab) {
  await tab.getByLabel('Search', { exact: true }).fill('capability');
  await tab.emulateMedia({ media: 'print' });
  const all = await count(tab, '.entry');
  check(await visible(tab, '.entry') === all, 'print: filtered rules are missing');
  check(await visible(tab, '.entry .body') === all, 'print: closed rules stay closed');
  check(await visible(tab, '.filters') === 0, 'print: the filters are printed');
  await tab.screenshot({ path: join(pictures, 'print.png'), fullPage: true });
  await tab.pdf({ path: join(pictures, 'print.pdf'), format: 'A4', margin: { top: '15mm', bottom: '15mm', left: '12mm', right: '12mm' } });
  await tab.emulateMedia({ media: 'screen' });
  check(await visible(tab, '.entry') < all, 'print: afterwards the filter is lost');
}

async function withoutScript(tab) {
  check(await visible(tab, '.filters') === 0, 'without script: filters that do nothing are shown');
  check(await visible(tab, '.entry') === await count(tab, '.entry'), 'without script: rules are hidden');
  await tab.locator('.entry.held summary').first().click();
  check(await visible(tab, '.entry.held .body') === 1, 'without script: a rule cannot be opened');
  await tab.emulateMedia({ media: 'print' });
  check(await visible(tab, '.entry .body') === await count(tab, '.entry'), 'without script, print: closed rules stay closed');
}

async function pageIsSound() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  try {
    for (const width of [1280, 390]) {
      for (const colorScheme of ['light', 'dark']) {
        await opened(browser, { viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' }, (tab) => looks(tab, `${width} ${colorScheme}`));
      }
    }
    const viewport = { width: 1280, height: 900 };
    await opened(browser, { viewport, colorScheme: 'light' }, keyboard);
    await opened(browser, { viewport, colorScheme: 'dark' }, print);
    await opened(browser, { viewport, colorScheme: 'light', javaScriptEnabled: false }, withoutScript);
  } finally {
    await browser.close();
  }
}

/** Not an error and not a warning of Microsoft's, those that are not about a log like this one apart. */
function sarifIsSound() {
  const binary = require('@microsoft/sarif-multitool');
  // Its package would do this in an install script, and none is run here.
  chmodSync(binary, 0o755);
  const work = mkdtempSync(join(tmpdir(), 'sarif-'));
  try {
    const output = join(work, 'validation.sarif');
    const log = resolve(folder, 'report.sarif');
    const run = spawnSync(binary, ['validate', log, '--output', output, '--log', 'ForceOverwrite', '--rule-kind', 'Sarif;Gh', '--level', 'Error;Warning;Note', '--quiet'], {
      encoding: 'utf8',
      // It would look whether the schema's address answers; nothing listens at this proxy's.
      env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1', HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' },
    });
    check(run.error === undefined && run.signal === null, `sarif: the validator does not run: ${run.error ?? run.signal}`);
    const validation = JSON.parse(readFileSync(output, 'utf8')).runs[0];
    check(run.status === 0, `sarif: the validator ends with ${run.status}`);
    for (const invocation of validation.invocations ?? []) {
      const said = [...invocation.toolExecutionNotifications ?? [], ...invocation.toolConfigurationNotifications ?? []];
      check(invocation.executionSuccessful !== false, 'sarif: the validator did not end well');
      for (const notification of said.filter((one) => one.level === 'error')) {
        check(false, `sarif: ${notification.message?.text?.slice(0, 300)}`);
      }
    }
    // It has advice on any log that it can read; on another it says nothing, and ends well all the same.
    check((validation.results ?? []).length > 0, 'sarif: the validator looked at nothing');
    const rules = validation.tool.driver.rules ?? [];
    const advice = new Map();
    for (const result of validation.results ?? []) {
      const rule = rules.find((one) => one.id === result.ruleId);
      const text = result.message.text ?? rule?.messageStrings?.[result.message.id]?.text ?? '';
      const told = text.replace(/\{(\d+)\}/g, (_, n) => result.message.arguments?.[n] ?? '');
      if (result.level === 'note') {
        advice.set(result.ruleId, (advice.get(result.ruleId) ?? 0) + 1);
      } else if (result.ruleId === 'SARIF2005' && told.includes("does not provide 'informationUri'")) {
        console.log('  sarif: the tool has no address yet (SARIF2005)');
      } else {
        check(false, `sarif: ${result.ruleId} ${result.level ?? 'warning'}: ${told.slice(0, 300)}`);
      }
    }
    console.log(`  sarif: advice, not counted: ${[...advice].map(([id, n]) => `${id} ${n} times`).join(', ')}`);
    const results = JSON.parse(readFileSync(log, 'utf8')).runs[0].results;
    check(results.length > 0, 'sarif: the sample has no result');
  } finally {
    rmSync(work, { recursive: true });
  }
}

await pageIsSound();
sarifIsSound();
console.log(`${checks - faults.length} passed, ${faults.length} failed`);
process.exit(faults.length ? 1 : 0);
