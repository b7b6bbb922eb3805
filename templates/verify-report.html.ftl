<#ftl output_format="HTML">
<#-- The page of sentinel:verify. One file, which asks for no other; without its script all of it is there to read. -->
<#macro badge standing label>
<span class="badge [=standing]"><span class="glyph" aria-hidden="true"></span>[=label]</span></#macro>
<#macro seen one>
<div class="seen" data-standing="[=one.standing]">
<@badge one.standing one.label />
<#if one.expected?has_content>
<dl class="pair"><dt>Expected</dt><dd>[=one.expected]</dd><dt>Found</dt><dd>[=one.found]</dd></dl>
<#elseif one.found?has_content>
<p>[=one.found]</p>
</#if>
<#if one.reason?has_content>
<p>[=one.reason]</p>
</#if>
<#if one.shared?has_content>
<p>For <a href="#reason-[=one.shared]">reason [=one.shared]</a></p>
</#if>
<#if one.place?has_content>
<p class="place"><code>[=one.place]</code></p>
</#if>
<#if one.until?has_content>
<p class="waived-until">Waived until <time datetime="[=one.until]">[=one.until]</time>: [=one.waiver]</p>
</#if>
</div>
</#macro>
<#macro entryOf entry open>
<details class="entry [=entry.standing]" id="[=entry.id]" data-severity="[=entry.severity]" data-family="[=entry.family]"<#if open> open</#if>>
<summary>
<@badge entry.standing entry.label />
<span class="rule-id">[=entry.id]</span>
<span class="claim">[=entry.claim]</span>
<span class="severity [=entry.severity]">[=entry.severity]</span>
<span class="marks"><#list entry.marks as mark><span class="mark [=mark.standing]"><span class="glyph" aria-hidden="true"></span><span class="ring-name">[=mark.ring]</span><span class="sr-only">: [=mark.label]<#sep>, </#sep></span></span></#list></span>
</summary>
<div class="body">
<dl class="facts">
<div><dt>Why</dt><dd>[=entry.why]</dd></div>
<div><dt>Remedy</dt><dd>[=entry.remedy]</dd></div>
<div><dt>Family</dt><dd>[=entry.familyName]</dd></div>
<#if entry.cis?has_content>
<div><dt>CIS Docker 1.6</dt><dd><#list entry.cis as number>[=number]<#sep>, </#sep></#list></dd></div>
</#if>
</dl>
<table class="evidence" role="table">
<caption class="sr-only">Evidence for [=entry.id], by service and ring</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Service</th><#list entry.marks as mark><th scope="col" role="columnheader">[=mark.ring]</th></#list></tr></thead>
<tbody role="rowgroup">
<#list entry.rows as row>
<tr role="row" data-service="[=row.service]">
<th scope="row" role="rowheader">[=row.subject]</th>
<#list row.cells as cell>
<td role="cell" data-ring="[=cell.ring]"<#if !cell.seen?has_content> class="nothing"</#if>>
<span class="ring-label" aria-hidden="true">[=cell.ring]</span>
<#list cell.seen as one><@seen one /><#else><span class="quiet"><span aria-hidden="true">–</span><span class="sr-only">not looked at</span></span></#list>
</td>
</#list>
</tr>
</#list>
</tbody>
</table>
</div>
</details>
</#macro>
<#macro number standing count><td class="number [=(count == 0)?then("zero", standing)]">[=count]</td></#macro>
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '[=styleDigest]'; script-src '[=scriptDigest]'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>[=passed?then("Passed", "Failed")]: [=project] – Sentinel verification</title>
<style>[=style]</style>
</head>
<body>
<a class="skip" href="#findings">Skip to the findings</a>
<header class="top [=passed?then("held", "broken")]">
<div class="wrap">
<p class="product">Sentinel verification</p>
<h1>[=project]</h1>
<p class="verdict"><span class="word">[=passed?then("Passed", "Failed")]</span> <span class="because">[=passed?then("at threshold " + threshold, "by " + causes)]. [=judged].</span></p>
<ul class="tiles">
<#list parts as part>
<li class="tile [=part.standing]"><span class="number">[=part.count]</span> <span class="what"><span class="glyph" aria-hidden="true"></span>[=part.label]</span></li>
</#list>
</ul>
<svg class="bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true" focusable="false"><#list parts as part><rect class="[=part.standing]" x="[=part.start]" y="0" width="[=part.width]" height="8"></rect></#list></svg>
<dl class="about">
<div><dt>Engine</dt><dd><#if engine?has_content>[=engine]<#else>none was asked</#if></dd></div>
<div><dt>Rings</dt><dd><#list rings as ring>[=ring]<#sep>, </#sep></#list></dd></div>
<div><dt>Threshold</dt><dd>[=threshold] and above fail the build</dd></div>
<div><dt>When</dt><dd><time datetime="[=startedAt]">[=when]</time>, in [=seconds] s</dd></div>
<div><dt>Sentinel</dt><dd>[=version]</dd></div>
<#if digest?has_content>
<div><dt>Bundle</dt><dd><code>[=digest]</code></dd></div>
</#if>
</dl>
</div>
</header>
<main class="wrap">
<#assign failed = canaries?filter(canary -> !canary.worked)>
<#if failed?has_content || drifts?has_content || reasons?has_content>
<section aria-labelledby="first-title">
<h2 id="first-title">Before all else</h2>
<#if reasons?has_content>
<ul class="notes unknown">
<#list reasons as reason>
<li id="reason-[=reason.number]"><strong>Could not tell: [=reason.title] (reason [=reason.number])</strong><br><span class="told">[=reason.reason]</span></li>
</#list>
</ul>
</#if>
<#if failed?has_content>
<ul class="notes broken">
<#list failed as canary>
<li><strong>[=canary.service]: this must work, and does not: [=canary.what]</strong><#if canary.told?has_content><br><span class="told">[=canary.told]</span></#if></li>
</#list>
</ul>
</#if>
<#if drifts?has_content>
<div class="scroll" role="region" aria-labelledby="drift-caption" tabindex="0">
<table class="plain drift">
<caption id="drift-caption">Drift: what a layer lost of what the one before it says</caption>
<thead><tr><th scope="col">Service</th><th scope="col">Fact</th><th scope="col">Spec</th><th scope="col">Compose model</th><th scope="col">Container</th><th scope="col">Kernel</th><th scope="col">Lost by</th></tr></thead>
<tbody>
<#list drifts as drift>
<tr><th scope="row">[=drift.service]</th><td>[=drift.fact]</td><#list [drift.spec, drift.model, drift.container, drift.kernel] as layer><td><#if layer?has_content><code>[=layer]</code><#else><span class="quiet"><span aria-hidden="true">–</span><span class="sr-only">not looked at</span></span></#if></td></#list><td><strong>[=drift.lostBy]</strong></td></tr>
</#list>
</tbody>
</table>
</div>
</#if>
</section>
</#if>
<section aria-labelledby="findings" class="findings">
<h2 id="findings" tabindex="-1">Findings</h2>
<form id="filters" class="filters" hidden>
<div class="field search"><label for="f-text">Search</label><input id="f-text" type="search" autocomplete="off" spellcheck="false"></div>
<div class="field"><label for="f-severity">Severity</label><select id="f-severity"><option value="">any</option><#list severities as severity><option value="[=severity]">[=severity]</option></#list></select></div>
<div class="field"><label for="f-ring">Ring</label><select id="f-ring"><option value="">any</option><#list rings as ring><option value="[=ring]">[=ring]</option></#list></select></div>
<div class="field"><label for="f-service">Service</label><select id="f-service"><option value="">any</option><#list services as service><option value="[=service]">[=(service == "-")?then("the project", service)]</option></#list></select></div>
<div class="field"><label for="f-family">Family</label><select id="f-family"><option value="">any</option><#list families as family><option value="[=family.letters]">[=family.name]</option></#list></select></div>
<fieldset class="chips"><legend>Verdict</legend><#list parts as part><label class="chip [=part.standing]"><input type="checkbox" name="standing" value="[=part.standing]" checked> <span>[=part.label]</span></label></#list></fieldset>
<div class="actions"><p id="shown" class="shown" role="status" aria-live="polite"></p><button type="button" id="f-open">Open all</button><button type="button" id="f-close">Close all</button><button type="reset">Reset</button></div>
</form>
<#list sections as section>
<section class="group" aria-labelledby="s-[=section.standing]">
<h3 id="s-[=section.standing]">[=section.title] <span class="count">[=section.entries?size] [=(section.entries?size == 1)?then("rule", "rules")]</span></h3>
<#list section.entries as entry><@entryOf entry section.standing == "broken" /></#list>
</section>
<#else>
<p>Nothing was looked at.</p>
</#list>
<p id="none" class="none" hidden>No rule fits these filters.</p>
</section>
<#if families?has_content>
<section aria-labelledby="families-title">
<h2 id="families-title">By family</h2>
<div class="scroll" role="region" aria-labelledby="families-caption" tabindex="0">
<table class="plain families">
<caption id="families-caption">Findings of each family of rules in each ring</caption>
<thead><tr><td></td><#list rings as ring><th scope="colgroup" colspan="4">[=ring]</th></#list></tr>
<tr><th scope="col">Family</th><#list rings as ring><th scope="col" class="number">Broken</th><th scope="col" class="number">Unknown</th><th scope="col" class="number">Waived</th><th scope="col" class="number">Held</th></#list></tr></thead>
<tbody>
<#list families as family>
<tr><th scope="row">[=family.name]</th><#list family.rings as of><@number "broken" of.broken /><@number "unknown" of.unknown /><@number "waived" of.waived /><@number "" of.held /></#list></tr>
</#list>
</tbody>
</table>
</div>
</section>
</#if>
<#if canaries?has_content>
<section aria-labelledby="canaries-title">
<h2 id="canaries-title">Canaries</h2>
<p>What must work in a sandbox, since one in which nothing runs is none.</p>
<ul class="canaries">
<#list canaries as canary>
<li><@badge canary.worked?then("held", "broken") canary.worked?then("Works", "Does not work") /> <span><strong>[=canary.service]</strong>: [=canary.what]<#if canary.told?has_content>: <span class="told">[=canary.told]</span></#if></span></li>
</#list>
</ul>
</section>
</#if>
<#if waivers?has_content>
<section aria-labelledby="waivers-title">
<h2 id="waivers-title">Waivers</h2>
<div class="scroll" role="region" aria-labelledby="waivers-caption" tabindex="0">
<table class="plain">
<caption id="waivers-caption">Rules that the spec breaks knowingly, and until when</caption>
<thead><tr><th scope="col">Rule</th><th scope="col">Service</th><th scope="col">Reason</th><th scope="col">Until</th><th scope="col">State</th></tr></thead>
<tbody>
<#list waivers as waiver>
<tr><th scope="row">[=waiver.rule]</th><td>[=waiver.service]</td><td>[=waiver.reason]</td><td><time datetime="[=waiver.until]">[=waiver.until]</time></td><td><span class="use [=waiver.use]">[=waiver.shown]</span></td></tr>
</#list>
</tbody>
</table>
</div>
</section>
</#if>
<#if weakenings?has_content>
<section aria-labelledby="weakenings-title">
<h2 id="weakenings-title">Weaker than the defaults</h2>
<ul class="notes unknown">
<#list weakenings as weakening>
<li>[=weakening]</li>
</#list>
</ul>
</section>
</#if>
</main>
<footer class="wrap"><p>Could not tell is never as good as held: it counts like broken. The same facts for tools stand beside this page in <code>report.json</code>, <code>report.sarif</code> and <code>TEST-sentinel-verify.xml</code>.</p></footer>
<script>[=script]</script>
</body>
</html>
